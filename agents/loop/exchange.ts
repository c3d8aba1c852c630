import type { LedgerAccount } from '../../contracts/ledger';
import type { OutputBudget } from './agent';
import type { NoModelDecision, TurnRecord } from './agent-run';
import type { LoopDependencies, LoopModel } from './loop-dependencies';
import type { ModelStopReason, TakeModelTurnInput, TakeModelTurnResult } from './model-turn';
import { calibrate, type Reservation, release, reserve, settle, type TokenLedger } from './token-ledger';

/** Another attempt costs nothing but time after a failure that is known to be unbilled. */
const MOST_RETRIES = 2;
/** A provider that wants a longer pause than this is treated as down: a deployment is waiting. */
const LONGEST_RETRY_WAIT_MS = 60_000;

/** What the loop carries from turn to turn. */
export interface LoopState {
  ledger: TokenLedger;
  turns: TurnRecord[];
}

/** One call as the loop wants it, before the ledger decides on its size. */
export interface Call extends Pick<TakeModelTurnInput, 'agent' | 'purpose' | 'system' | 'user' | 'schemaId'> {
  account: LedgerAccount;
  rung?: string;
  estimatedTokens: number;
  output: Pick<OutputBudget, 'capTokens' | 'minimumTokens'>;
}

export type ExchangeEnd =
  | { kind: 'answered'; text: string; stopReason: ModelStopReason }
  /** the provider counted more input than was reserved; the ledger has learned, the facts must be packed again */
  | { kind: 'too-long' }
  | { kind: 'failed'; because: NoModelDecision };

/**
 * Reserves, calls, settles; repeats what is known to be unbilled, each time with a reservation of its own. The ledger
 * sees every call, whatever became of it.
 */
export async function exchange(
  call: Call,
  model: LoopModel,
  state: LoopState,
  dependencies: LoopDependencies,
): Promise<{ state: LoopState; end: ExchangeEnd }> {
  let current = state;
  for (let attempt = 0; ; attempt++) {
    const reserved = reserve(current.ledger, {
      account: call.account,
      model: model.id,
      estimatedTokens: call.estimatedTokens,
      ...call.output,
    });
    if (reserved.kind === 'refused') return { state: current, end: outOfBudget(call, reserved) };

    const result = await takeTurn(call, reserved.reservation, dependencies);
    current = recorded({ ...current, ledger: reserved.ledger }, call, reserved.reservation, result, model);
    if (!mayRetry(result, attempt)) return { state: current, end: exchangeEnd(result) };
    await dependencies.sleep(result.retryAfterMs);
  }
}

/** A rejected turn is a lost one: the activity timed out or its worker died, and the provider may have billed it. */
async function takeTurn(
  { agent, purpose, system, user, schemaId }: Call,
  { model, inputTokens, maxTokens }: Reservation,
  { takeTurn, isCancellation }: LoopDependencies,
): Promise<TakeModelTurnResult> {
  try {
    const reservedInputTokens = inputTokens;
    return await takeTurn({ agent, purpose, model, system, user, schemaId, maxTokens, reservedInputTokens });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const message = `the turn was lost: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'unknown', failureType: 'Model.Unavailable', message };
  }
}

function recorded(
  { ledger, turns }: LoopState,
  call: Call,
  reservation: Reservation,
  result: TakeModelTurnResult,
  { price }: LoopModel,
): LoopState {
  const turn: TurnRecord = {
    agent: call.agent,
    purpose: call.purpose,
    rung: call.rung,
    reservedInputTokens: reservation.inputTokens,
    maxTokens: reservation.maxTokens,
    ended: result.kind,
    detail: turnDetail(result),
  };
  return { turns: [...turns, turn], ledger: ledgerAfter(ledger, reservation, result, price) };
}

function ledgerAfter(
  ledger: TokenLedger,
  reservation: Reservation,
  result: TakeModelTurnResult,
  price: LoopModel['price'],
): TokenLedger {
  switch (result.kind) {
    case 'answered':
      return settle(ledger, reservation, { ...result, outcome: 'answered' }, price);
    case 'too-long': {
      const { model, estimatedTokens } = reservation;
      return calibrate(release(ledger, reservation), model, estimatedTokens, result.countedInputTokens);
    }
    case 'not-billed':
    case 'unknown':
      return settle(ledger, reservation, { outcome: result.kind }, price);
  }
}

function turnDetail(result: TakeModelTurnResult): string {
  switch (result.kind) {
    case 'answered':
      return result.stopReason;
    case 'too-long':
      return `counted ${result.countedInputTokens} input tokens`;
    case 'not-billed':
    case 'unknown':
      return result.message;
  }
}

function mayRetry(
  result: TakeModelTurnResult,
  attempt: number,
): result is Extract<TakeModelTurnResult, { kind: 'not-billed' }> & { retryAfterMs: number } {
  if (result.kind !== 'not-billed' || result.retryAfterMs === undefined) return false;
  return attempt < MOST_RETRIES && result.retryAfterMs <= LONGEST_RETRY_WAIT_MS;
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
