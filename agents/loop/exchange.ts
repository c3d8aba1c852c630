import type { OutputBudget } from './agent';
import type { NoModelDecision } from './agent-run';
import type { LoopDependencies, LoopModel } from './loop-dependencies';
import type { ModelStopReason, TakeModelTurnInput, TakeModelTurnResult } from './model-turn';
import { type CallNote, calibrate, type Reservation, reserve, settle, type TokenLedger } from './token-ledger';

/** Another attempt costs nothing but time after a failure that is known to be unbilled. */
const MOST_RETRIES = 2;

/** One call as the loop wants it, before the ledger decides on its size. */
export interface Call
  extends Pick<TakeModelTurnInput, 'agent' | 'purpose' | 'system' | 'user' | 'schemaId'>,
    Pick<CallNote, 'account' | 'rung'> {
  estimatedTokens: number;
  output: Pick<OutputBudget, 'capTokens' | 'minimumTokens'>;
}

export type ExchangeEnd =
  | { kind: 'answered'; text: string; stopReason: ModelStopReason }
  /** the provider counted more input than was reserved; the ledger has learned, the facts must be packed again */
  | { kind: 'too-long' }
  | { kind: 'failed'; because: NoModelDecision };

/**
 * Reserves, calls, settles; repeats what is known to be unbilled, each time with a reservation of its own. The book
 * has every call, whatever became of it.
 */
export async function exchange(call: Call, model: LoopModel, dependencies: LoopDependencies): Promise<ExchangeEnd> {
  const { book } = dependencies;
  const { account, agent, purpose, rung } = call;
  const note: CallNote = { account, agent, purpose, model: model.id, ...(rung !== undefined && { rung }) };
  for (let attempt = 0; ; attempt++) {
    const reserved = reserve(book.ledger, { note, estimatedTokens: call.estimatedTokens, ...call.output });
    if (reserved.kind === 'refused') return outOfBudget(call, reserved);
    book.ledger = reserved.ledger;
    const { result, cancellation } = await takeTurn(call, reserved.reservation, dependencies);
    book.ledger = settled(book.ledger, reserved.reservation, result, model);
    if (cancellation !== undefined) throw cancellation;
    if (!mayRetry(result, attempt, dependencies)) return exchangeEnd(result);
    await dependencies.sleep(result.retryAfterMs);
  }
}

/**
 * A rejected turn is a lost one: the activity timed out, its worker died or the deployment is being stopped, and the
 * provider may have billed it.
 */
async function takeTurn(
  { agent, purpose, system, user, schemaId }: Call,
  { note: { model }, inputTokens: reservedInputTokens, maxTokens }: Reservation,
  { takeTurn, isCancellation }: LoopDependencies,
): Promise<{ result: TakeModelTurnResult; cancellation?: unknown }> {
  try {
    const result = await takeTurn({ agent, purpose, model, system, user, schemaId, maxTokens, reservedInputTokens });
    return { result };
  } catch (error) {
    const message = `the turn was lost: ${innermostMessage(error)}`;
    const result = { kind: 'unknown', failureType: 'Model.Unavailable', message } as const;
    return isCancellation(error) ? { result, cancellation: error } : { result };
  }
}

/** Temporal wraps what happened once or twice. */
function innermostMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message;
}

function settled(
  ledger: TokenLedger,
  reservation: Reservation,
  result: TakeModelTurnResult,
  { price }: LoopModel,
): TokenLedger {
  switch (result.kind) {
    case 'answered': {
      const detail = result.via ? `${result.stopReason}, from ${result.via}` : result.stopReason;
      return settle(ledger, reservation, { ...result, outcome: 'answered' }, price, detail);
    }
    case 'too-long': {
      const { countedInputTokens } = result;
      const detail = `not sent: the provider counts ${countedInputTokens} input tokens`;
      const closed = settle(ledger, reservation, { outcome: 'not-billed' }, price, detail);
      return calibrate(closed, reservation.note.model, reservation.estimatedTokens, countedInputTokens);
    }
    case 'not-billed':
    case 'unknown':
      return settle(ledger, reservation, { outcome: result.kind }, price, result.message);
  }
}

function mayRetry(
  result: TakeModelTurnResult,
  attempt: number,
  { longestWaitMs }: LoopDependencies,
): result is Extract<TakeModelTurnResult, { kind: 'not-billed' }> & { retryAfterMs: number } {
  if (result.kind !== 'not-billed' || result.retryAfterMs === undefined) return false;
  return attempt < MOST_RETRIES && result.retryAfterMs <= longestWaitMs;
}

function exchangeEnd(result: TakeModelTurnResult): ExchangeEnd {
  switch (result.kind) {
    case 'answered':
      return { kind: 'answered', text: result.text, stopReason: result.stopReason };
    case 'too-long':
      return { kind: 'too-long' };
    case 'not-billed':
      return {
        kind: 'failed',
        because: {
          code: result.failureType === 'Model.Unavailable' ? 'unavailable' : 'misconfigured',
          message: result.message,
        },
      };
    case 'unknown':
      return { kind: 'failed', because: { code: 'outcome-unknown', message: result.message } };
  }
}

function outOfBudget(
  call: Call,
  { roomTokens, neededTokens }: { roomTokens: number; neededTokens: number },
): ExchangeEnd {
  const message = `a ${call.purpose} needs at least ${neededTokens} tokens of account "${call.account}", ${roomTokens} are left`;
  return { kind: 'failed', because: { code: 'budget', message } };
}

/** The text of a finished answer. One that was cut, declined or left for a tool is no answer. */
export function answerText(
  end: ExchangeEnd,
): { kind: 'text'; text: string } | { kind: 'failed'; because: NoModelDecision } {
  if (end.kind === 'failed') return end;
  if (end.kind === 'too-long') {
    return failed('budget', 'the provider counts more input than the budget has room for');
  }
  switch (end.stopReason) {
    case 'end_turn':
    case 'stop_sequence':
      return { kind: 'text', text: end.text };
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return failed('truncated', `the answer was cut (${end.stopReason})`);
    case 'refusal':
      return failed('refused', 'the model declined to answer');
    case 'tool_use':
    case 'pause_turn':
    case 'unknown':
      return failed('invalid-answer', `the model stopped without an answer (${end.stopReason})`);
  }
}

function failed(code: NoModelDecision['code'], message: string): { kind: 'failed'; because: NoModelDecision } {
  return { kind: 'failed', because: { code, message } };
}
