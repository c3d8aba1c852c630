import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decideApprovalInputSchema } from '../../contracts/approval';
import { ClientProblem } from '../client-problem';
import type { MeridianClient } from '../connection';
import { decideApproval } from '../operations';
import { SeenIds } from './seen-ids';
import { TOLERANCE_SECONDS, webhookProblem } from './standard-webhook';
import type { Source } from './webhook-config';

const BODY_LIMIT_BYTES = 64 * 1024;

const decisionBodySchema = z.strictObject({
  workflowId: z.string().min(1).max(200),
  approvalId: z.string().min(1).max(100),
  digest: z.string().length(64),
  decision: z.enum(['approve', 'reject']),
  by: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w.@+-]+$/, 'must be a name without spaces, such as "mira" or "mira@example.com"'),
  comment: decideApprovalInputSchema.shape.comment,
});

/**
 * Takes decisions: `POST /decisions`, signed as in the Standard Webhooks specification by one of the sources. The
 * person is known to the deployment as `webhook:SOURCE/BY`, and the gateway signs for them with its own key; whether
 * they may decide is judged by the workflow.
 */
export function createDecisionServer(
  meridian: MeridianClient,
  sources: readonly Source[],
  now: () => number = Date.now,
): FastifyInstance {
  const server = fastify({ bodyLimit: BODY_LIMIT_BYTES });
  const seen = new SeenIds(2 * TOLERANCE_SECONDS * 1_000);
  // The signature is over the bytes that came, not over what they mean.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.post('/decisions', async (request, reply) => {
    const source = authentic(request, sources, now());
    if ('problem' in source) return refuse(reply, 401, source.problem);
    const id = `${source.name} ${request.headers['webhook-id']}`;
    if (!seen.add(id, now())) return refuse(reply, 409, 'this webhook-id was here before');
    const body = parseBody(String(request.body));
    if ('problem' in body) return refuse(reply, 400, body.problem);
    const { workflowId, by, ...decision } = body.value;
    try {
      await decideApproval(meridian, workflowId, { ...decision, by: `webhook:${source.name}/${by}` });
      return { decided: decision.decision };
    } catch (error) {
      const { status, message } = refusalOf(error);
      // It never arrived: the sender may try the same message again.
      if (status === 503) seen.forget(id);
      return refuse(reply, status, message);
    }
  });
  return server;
}

/** The source whose secret signed the message. All are tried: the message does not say whose it is. */
function authentic(
  { headers, body }: FastifyRequest,
  sources: readonly Source[],
  nowMs: number,
): Source | { problem: string } {
  const header = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  const sent = {
    id: header('webhook-id'),
    timestamp: header('webhook-timestamp'),
    signature: header('webhook-signature'),
  };
  let problem = 'no source of decisions is configured';
  for (const source of sources) {
    const wrong = webhookProblem(source.secret, sent, String(body ?? ''), nowMs);
    if (wrong === undefined) return source;
    problem = wrong;
  }
  return { problem };
}

function parseBody(text: string): { value: z.infer<typeof decisionBodySchema> } | { problem: string } {
  try {
    const parsed = decisionBodySchema.safeParse(JSON.parse(text));
    if (parsed.success) return { value: parsed.data };
    return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  } catch {
    return { problem: 'the body must be JSON' };
  }
}

function refusalOf(error: unknown): { status: number; message: string } {
  if (!(error instanceof ClientProblem)) return { status: 500, message: 'something unexpected happened' };
  switch (error.code) {
    case 'unreachable':
    case 'no-worker':
      return { status: 503, message: error.message };
    case 'not-found':
      return { status: 404, message: error.message };
    default:
      return { status: 409, message: error.message };
  }
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}
