import { z } from 'zod';
import { Entry } from './entry';
import { type Acceptor, accept, prepare } from './register';

const Ballot = z.object({ round: z.int().nonnegative(), proposer: z.string() });
const Accepted = z.object({ ballot: Ballot, value: Entry }).optional();

/** What a replica keeps of a key, and answers to whoever asks what it has accepted. */
export const ReplicaState = z
  .object({ promised: Ballot.optional(), accepted: Accepted })
  .transform(({ promised, accepted }): Acceptor<Entry> => ({ promised, accepted }));

const key = z.string().min(1);

/** What a proposer asks a replica of one key, as the body of a POST. */
export const ReplicaQuestion = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('read'), key }),
  z.object({ kind: z.literal('prepare'), key, ballot: Ballot }),
  z.object({ kind: z.literal('accept'), key, ballot: Ballot, value: Entry, next: Ballot }),
]);
export type ReplicaQuestion = z.infer<typeof ReplicaQuestion>;

/** What a replica answers: whether it did as it was asked, and what it holds since. */
export const ReplicaAnswer = z.object({ granted: z.boolean(), state: ReplicaState });
export type ReplicaAnswer = z.infer<typeof ReplicaAnswer>;

/** What a replica does when asked. The state that is returned is on disk before the answer leaves. */
export function answerQuestion(state: Acceptor<Entry>, question: ReplicaQuestion): ReplicaAnswer {
  switch (question.kind) {
    case 'read':
      return { granted: true, state };
    case 'prepare': {
      const { acceptor, answer } = prepare(state, question.ballot);
      return { granted: answer.kind === 'promised', state: acceptor };
    }
    case 'accept': {
      const { acceptor, answer } = accept(state, question.ballot, question.value, question.next);
      return { granted: answer.kind === 'accepted', state: acceptor };
    }
  }
}
