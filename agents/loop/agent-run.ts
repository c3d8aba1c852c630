import type { TokenLedger } from './token-ledger';

/** Why a model did not decide. */
export interface NoModelDecision {
  code:
    | 'no-model'
    | 'budget'
    | 'unavailable'
    | 'misconfigured'
    | 'outcome-unknown'
    | 'refused'
    | 'truncated'
    | 'invalid-answer'
    | 'policy';
  message: string;
}

/** How an agent's work ended. */
export type AgentOutcome<Choice> =
  | { kind: 'decided'; by: 'model'; model: string; choice: Choice }
  | { kind: 'decided'; by: 'rules'; choice: Choice; because: NoModelDecision }
  | { kind: 'stopped'; because: NoModelDecision };

/** One turn as progress and report show it. The tokens are in the ledger. */
export interface TurnRecord {
  agent: string;
  purpose: 'answer' | 'repair';
  rung?: string;
  reservedInputTokens: number;
  maxTokens: number;
  ended: 'answered' | 'too-long' | 'not-billed' | 'unknown';
  detail: string;
}

/** What comes back from an agent, however it ended. */
export interface AgentRun<Choice> {
  outcome: AgentOutcome<Choice>;
  ledger: TokenLedger;
  turns: TurnRecord[];
  /** which facts the model saw; absent when none was asked */
  rung?: string;
}
