import type { Agent } from './agent';
import { callInputTokens, measuredTokens } from './estimate-tokens';
import { type Call, type ExchangeEnd, exchange } from './exchange';
import { partsText, partsTokens } from './facts';
import type { LoopDependencies, LoopModel } from './loop-dependencies';
import { answerRoomTokens, calibratedTokens, type TokenLedger } from './token-ledger';

/** How often facts are packed, when the provider counts more than was reserved; each count corrects the estimate. */
const MOST_PACKINGS = 3;

/**
 * Asks an agent's question. A call that the provider counts longer than its reservation is not sent: the ledger has
 * learned by how much the estimate was short, and the facts are packed again.
 */
export async function askFirst<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  input: Input,
  model: LoopModel,
  dependencies: LoopDependencies,
): Promise<ExchangeEnd> {
  for (let packing = 1; ; packing++) {
    const call = firstCall(agent, input, dependencies.book.ledger, model.id);
    const end = await exchange(call, model, dependencies);
    if (end.kind !== 'too-long' || packing === MOST_PACKINGS) return end;
  }
}

/**
 * Packs an agent's facts into the room that its account has: the fullest rung that leaves space for an answer of full
 * length, else the fullest that leaves space for a useful one, else the last rung (which the ledger will refuse).
 */
export function firstCall<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  input: Input,
  ledger: TokenLedger,
  model: string,
): Call {
  const fixed = measuredTokens(agent.measured);
  const rungs = agent.facts(input).map((rung) => {
    const estimatedTokens = callInputTokens({ ...fixed, facts: partsTokens(rung.parts) });
    return { ...rung, estimatedTokens, inputTokens: calibratedTokens(ledger, model, estimatedTokens) };
  });
  const leaving = (outputTokens: number) =>
    rungs.find(({ inputTokens }) => answerRoomTokens(ledger, agent.account, inputTokens) >= outputTokens);
  const chosen = leaving(agent.output.wantedTokens) ?? leaving(agent.output.minimumTokens) ?? rungs.at(-1);
  if (!chosen) throw new RangeError(`agent "${agent.name}" offers no facts; a ladder has at least one rung`);
  return {
    agent: agent.name,
    purpose: 'answer',
    account: agent.account,
    system: agent.instructions,
    user: partsText(chosen.parts),
    schemaId: agent.schemaId,
    rung: chosen.rung,
    estimatedTokens: chosen.estimatedTokens,
    output: agent.output,
  };
}
