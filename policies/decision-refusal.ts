import {
  type Approval,
  type Approver,
  type DecideApprovalInput,
  decideApprovalInputSchema,
  decisionText,
} from '../contracts/approval';
import { signatureProblem } from './signature-problem';

export interface DecisionFacts {
  decision: DecideApprovalInput;
  approval: Approval;
  workflowId: string;
  environment: string;
  approvers: readonly Approver[];
  /** the clock of the workflow */
  nowMs: number;
}

/**
 * Why a decision cannot count; undefined when it can (DESIGN §5). Temporal does not authenticate who sends an update:
 * in production only what a configured approver signed counts, and nobody approves their own request. Elsewhere an
 * unsigned decision counts; a wrong signature never does.
 */
export function decisionRefusal(facts: DecisionFacts): string | undefined {
  const parsed = decideApprovalInputSchema.safeParse(facts.decision);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `the decision is not valid: ${issue?.path.join('.')}: ${issue?.message}`;
  }
  return staleness(facts) ?? signatureRefusal(facts) ?? productionRefusal(facts);
}

/** Whether a decision that may count carried a valid signature. Without configured approvers nothing can be verified. */
export function isVerified(facts: DecisionFacts): boolean {
  const { decision, approvers } = facts;
  return decision.signature !== undefined && approvers.length > 0 && signatureRefusal(facts) === undefined;
}

function staleness({ decision, approval, nowMs }: DecisionFacts): string | undefined {
  if (decision.approvalId !== approval.id)
    return `the decision is for approval ${decision.approvalId}, this is ${approval.id}`;
  if (approval.state !== 'waiting') return `approval ${approval.id} is already ${approval.state}`;
  if (nowMs >= Date.parse(approval.expiresAt)) return `approval ${approval.id} expired at ${approval.expiresAt}`;
  if (decision.digest !== approval.digest)
    return `the decision is for ${decision.digest.slice(0, 12)}, waiting is ${approval.digest.slice(0, 12)}: read the plan again`;
  return undefined;
}

function signatureRefusal({ decision, workflowId, approvers, nowMs }: DecisionFacts): string | undefined {
  if (approvers.length === 0) return undefined;
  const text = (issuedAt: string) => decisionText(workflowId, decision, issuedAt);
  return signatureProblem({ signature: decision.signature, text, by: decision.by, approvers, nowMs });
}

function productionRefusal({ decision, approval, environment, approvers }: DecisionFacts): string | undefined {
  if (environment !== 'production') return undefined;
  if (approvers.length === 0)
    return 'a decision for production must be signed by a configured approver, and there is none: set MERIDIAN_APPROVERS for the worker';
  if (!decision.signature)
    return 'a decision for production must be signed: set MERIDIAN_SIGNING_KEY to your key ("meridian keys create" makes one)';
  const { deciders } = approvers.find(({ keyId }) => keyId === decision.signature?.keyId) ?? {};
  if (deciders && !deciders.includes(decision.by))
    return `${decision.by} is not among those who may decide for production here`;
  const isOwn = personOf(decision.by, approvers) === personOf(approval.requester, approvers);
  return isOwn && decision.decision === 'approve'
    ? `${decision.by} asked for this: somebody else must approve it`
    : undefined;
}

/** One name for a person who has several: a key of their own, and an account at a gateway. */
function personOf(name: string, approvers: readonly Approver[]): string {
  return approvers.find(({ kind, aliases }) => kind === 'person' && aliases?.includes(name))?.name ?? name;
}
