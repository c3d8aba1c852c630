import type { Agent } from './agent';
import type { NoModelDecision } from './agent-run';
import { callInputTokens, ownTextTokens } from './estimate-tokens';
import { answerText, type Call, exchange } from './exchange';
import { partsText, partsTokens } from './facts';
import type { LoopDependencies, LoopModel } from './loop-dependencies';
import { type AnswerReading, checkAnswer } from './read-answer';
import { mergeRepairLines } from './repair-lines';

export interface RepairedAnswer<Choice> {
  reading: AnswerReading<Choice>;
  /** why no repaired answer came, when one was due */
  repairFailure?: NoModelDecision;
}

/**
 * Lets the model correct the broken fields of its answer, once, where the budget has room: a fresh small call (a
 * longer conversation would pay for everything twice), answered in lines, merged and checked like a first answer.
 * An answer that was accepted, or that cannot be read at all, comes back as it is.
 */
export async function repairAnswer<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  input: Input,
  first: AnswerReading<Choice>,
  model: LoopModel,
  dependencies: LoopDependencies,
): Promise<RepairedAnswer<Choice>> {
  if (first.kind !== 'refused') return { reading: first };
  const call = repairCall(agent, input, first);
  if (!call) return { reading: first };
  const answer = answerText(await exchange(call, model, dependencies));
  if (answer.kind === 'failed') return { reading: first, repairFailure: answer.because };
  const merged = mergeRepairLines(answer.text, first.answer, first.refusal.fields, agent.schema.shape);
  return { reading: checkAnswer(agent, merged, input) };
}

function repairCall<Input, Answer extends Record<string, unknown>, Choice>(
  { name, account, repair }: Agent<Input, Answer, Choice>,
  input: Input,
  { answer, refusal }: Extract<AnswerReading<Choice>, { kind: 'refused' }>,
): Call | undefined {
  if (!repair || refusal.fields.length === 0) return undefined;
  const system = repair.instructions(refusal.fields);
  const parts = repair.facts(answer, refusal, input);
  return {
    agent: name,
    purpose: 'repair',
    account,
    system,
    user: partsText(parts),
    estimatedTokens: callInputTokens({ instructions: ownTextTokens(system), facts: partsTokens(parts) }),
    output: repair.output,
  };
}
