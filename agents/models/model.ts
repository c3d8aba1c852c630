import type { ModelFailureType, ModelStopReason } from '../loop/model-turn';

/** One call to a model: two texts in, one text out, in a schema or in plain lines. */
export interface ModelCall {
  system: string;
  user: string;
  /** id of agents/answer-schemas.ts; absent: plain text */
  schemaId?: string;
  signal?: AbortSignal;
}

export interface ModelAnswer {
  text: string;
  stopReason: ModelStopReason;
  /** everything billed as input: fresh, written to a cache and read from one */
  inputTokens: number;
  outputTokens: number;
  /** which of several regions answered, and why not those before it: `bedrock us-east-1 (eu-central-1: 503)` */
  via?: string;
}

/** The port to a language model. Its calls throw what their client throws; `classify` says what that means. */
export interface Model {
  readonly id: string;
  create(call: ModelCall & { maxTokens: number }): Promise<ModelAnswer>;
  /** the provider's own count of a call's input; free. Absent where the provider has none. */
  countTokens?(call: ModelCall): Promise<number>;
  classify(error: unknown): ModelFailure;
}

/** What an error of a model client means for the ledger and for the loop. */
export interface ModelFailure {
  outcome: 'not-billed' | 'unknown';
  failureType: ModelFailureType;
  /** what happened and what to fix; one line, nothing in it that looks like a key */
  message: string;
  /** the status or code alone, for lists of several failures: `503 ServiceUnavailableException` */
  brief: string;
  /** present when another attempt makes sense */
  retryAfterMs?: number;
  /** it tells of one region of a provider: another region may well answer */
  regional?: true;
}
