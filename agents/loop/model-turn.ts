/**
 * One model turn on the wire between the workflow (which decides) and the activity (which calls). Both sides are plain
 * data: the answer schema travels as an id, because zod does not serialise.
 */
export interface TakeModelTurnInput {
  agent: string;
  purpose: 'answer' | 'repair';
  model: string;
  system: string;
  user: string;
  /** an id of agents/answer-schemas.ts; absent: the answer is plain lines */
  schemaId?: string;
  maxTokens: number;
  /** what the ledger reserved for the input; a call that is counted longer is not sent */
  reservedInputTokens: number;
}

export type ModelStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'
  | 'unknown';

/** Why a call failed, in words of contracts/failure-types.ts. */
export type ModelFailureType = 'Model.Unavailable' | 'Model.Refused' | 'Model.Misconfigured';

/** How a model turn ended. A provider failure is a value, not an error: the ledger must see every one of them. */
export type TakeModelTurnResult =
  | {
      kind: 'answered';
      text: string;
      stopReason: ModelStopReason;
      inputTokens: number;
      outputTokens: number;
      /** who answered, where a provider has several regions */
      via?: string;
    }
  /** counted before sending and found longer than reserved; nothing was sent */
  | { kind: 'too-long'; countedInputTokens: number }
  /** known to cost nothing; `retryAfterMs` is there only when another attempt makes sense */
  | { kind: 'not-billed'; failureType: ModelFailureType; message: string; retryAfterMs?: number }
  /** nobody knows whether it was billed: a time-out, a lost connection, a provider's internal error */
  | { kind: 'unknown'; failureType: ModelFailureType; message: string };

/**
 * Takes one turn. Rejects only when the workflow is cancelled; everything that happens to a call is a result.
 */
export type TakeModelTurn = (input: TakeModelTurnInput) => Promise<TakeModelTurnResult>;
