import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type { TakeModelTurnInput, TakeModelTurnResult } from '../agents/loop/model-turn';
import type { Model, ModelCall } from '../agents/models/model';

/** The provider calls its own count an estimate that may differ by a small amount. */
const COUNT_FACTOR = 1.02;
const COUNT_MARGIN_TOKENS = 10;
/** A cancellation reaches an activity through its heartbeats. */
const HEARTBEAT_EVERY_MS = 5_000;

export interface TakeModelTurnDependencies {
  /** the model that this worker can ask; undefined when none is configured */
  model: Model | undefined;
}

/**
 * The activity that takes one model turn. Run it with `maximumAttempts: 1` (a repeated call is billed again, unseen by
 * the ledger), a start-to-close time-out above the model's own 60 s and a heartbeat time-out of 30 s. Failures of the
 * provider come back as results; only a cancellation throws.
 */
export function createTakeModelTurn({ model }: TakeModelTurnDependencies) {
  return async function takeModelTurn(input: TakeModelTurnInput): Promise<TakeModelTurnResult> {
    if (model?.id !== input.model) return wrongModel(input.model, model?.id);
    const signal = cancellationSignal();
    const beat = setInterval(() => heartbeat(), HEARTBEAT_EVERY_MS);
    try {
      return await countAndCreate(model, input, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { outcome, failureType, message, retryAfterMs } = model.classify(error);
      return outcome === 'unknown'
        ? { kind: 'unknown', failureType, message }
        : { kind: 'not-billed', failureType, message, retryAfterMs };
    } finally {
      clearInterval(beat);
    }
  };
}

async function countAndCreate(
  model: Model,
  input: TakeModelTurnInput,
  signal: AbortSignal,
): Promise<TakeModelTurnResult> {
  const { system, user, schemaId, maxTokens } = input;
  const call: ModelCall = { system, user, schemaId, signal };
  const countedInputTokens = await countTokens(model, call);
  if (countedInputTokens !== undefined && countedInputTokens > input.reservedInputTokens) {
    return { kind: 'too-long', countedInputTokens };
  }
  return { kind: 'answered', ...(await model.create({ ...call, maxTokens })) };
}

/**
 * The provider's count with its margin. When it cannot be had, or not within the client's few seconds for it, the estimate
 * stands: it is the careful one.
 */
async function countTokens(model: Model, call: ModelCall): Promise<number | undefined> {
  try {
    const counted = await model.countTokens?.(call);
    return counted === undefined ? undefined : Math.ceil(counted * COUNT_FACTOR + COUNT_MARGIN_TOKENS);
  } catch {
    return undefined;
  }
}

function wrongModel(asked: string, configured: string | undefined): TakeModelTurnResult {
  const has = configured ? `asks "${configured}"` : 'has no model configured';
  return {
    kind: 'not-billed',
    failureType: 'Model.Misconfigured',
    message: `this worker ${has}, the deployment wants "${asked}"; give every worker the same model configuration`,
  };
}
