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

/** An agent's question was decided; by rules when no model did, and then `because` says why. */
export type Decided<Choice> =
  | { kind: 'decided'; by: 'model'; model: string; choice: Choice }
  | { kind: 'decided'; by: 'rules'; choice: Choice; because: NoModelDecision };

/** How an agent's work ended. What it cost is in the ledger. */
export type AgentOutcome<Choice> = Decided<Choice> | { kind: 'stopped'; because: NoModelDecision };
