import type { TakeModelTurn } from './model-turn';
import type { TokenLedger, TokenPrice } from './token-ledger';

/** The model that agents ask. Plain data, decided by configuration. */
export interface LoopModel {
  id: string;
  price: TokenPrice;
}

/** Everything the loop needs from outside. In a workflow these are an activity, a timer and the workflow's own state. */
export interface LoopDependencies {
  /** where the ledger is kept: every reservation and every settlement is written here at once, for queries to see */
  book: { ledger: TokenLedger };
  /** absent: no model is configured, rules decide */
  model: LoopModel | undefined;
  /** `stop` asks a person (production), `rules` lets the deterministic choice stand */
  onModelFailure: 'stop' | 'rules';
  takeTurn: TakeModelTurn;
  /** a provider that wants a longer pause than this is treated as down: somebody is waiting */
  longestWaitMs: number;
  /** waits durably, for a provider that said when to come back */
  sleep: (ms: number) => Promise<void>;
  /** true for the error by which a workflow learns that it is cancelled: only that one leaves the loop */
  isCancellation: (error: unknown) => boolean;
}
