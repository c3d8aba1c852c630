import fastify from 'fastify';
import type { Entry } from './entry';
import type { Acceptor } from './register';
import { openReplicaFiles, type ReplicaFiles, type Survives } from './replica-files';
import { answerQuestion, type ReplicaAnswer, ReplicaQuestion } from './replica-protocol';

const BODY_LIMIT_BYTES = 64 * 1024;

/** One of the replicas that keep the leases of an embedded store; it runs in the process that started it. */
export interface ReplicaServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Starts a replica whose promises are kept in `directory`, which no other replica uses, ever: one that comes back
 * without its directory has forgotten what it promised and must not come back. `port` 0 takes a free one. There is no
 * authentication: the address is for the processes of one machine.
 */
export async function startReplica({
  directory,
  port = 0,
  host = '127.0.0.1',
  survives,
  onAccepted = () => undefined,
}: {
  directory: string;
  port?: number;
  host?: string;
  /** `process-death` where all replicas are on one machine, whose loss ends everything anyway */
  survives?: Survives;
  /** a value was accepted here: a majority may have it, too; a reason to read, and no more than that */
  onAccepted?: (key: string) => void;
}): Promise<ReplicaServer> {
  const answer = createReplica(await openReplicaFiles(directory, survives), onAccepted);
  const server = fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  server.post('/', async (request, reply) => {
    const question = ReplicaQuestion.safeParse(request.body);
    if (!question.success) return reply.code(400).send({ error: question.error.message });
    return answer(question.data);
  });
  const url = await server.listen({ port, host });
  return { url, port: Number(new URL(url).port), close: () => server.close() };
}

/** Answers one question of a key after the other, each once its outcome is on disk. */
function createReplica(
  files: ReplicaFiles,
  onAccepted: (key: string) => void,
): (question: ReplicaQuestion) => Promise<ReplicaAnswer> {
  const states = new Map<string, Acceptor<Entry>>();
  const turns = new Map<string, Promise<unknown>>();

  async function take(question: ReplicaQuestion): Promise<ReplicaAnswer> {
    const { key } = question;
    const state = states.get(key) ?? (await files.load(key));
    const answer = answerQuestion(state, question);
    if (answer.state !== state) await files.save(key, answer.state);
    states.set(key, answer.state);
    if (answer.state.accepted !== state.accepted) onAccepted(key);
    return answer;
  }

  return (question) => {
    const before = turns.get(question.key) ?? Promise.resolve();
    const turn = before.then(() => take(question));
    turns.set(
      question.key,
      turn.catch(() => {}),
    );
    return turn;
  };
}
