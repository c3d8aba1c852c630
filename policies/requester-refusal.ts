import type { Approver } from '../contracts/approval';
import type { OperationRequest } from '../contracts/messages';
import { requestText } from '../contracts/request-text';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { signatureProblem } from './signature-problem';

/**
 * Why an operation cannot begin under the name it carries; undefined when it can. In production, when approvers are
 * configured, the requester must have signed: else anybody could ask under another name and approve their own request.
 * Elsewhere an unsigned name counts as a claim; a wrong signature never does.
 * @param operation as it was received: exactly what was sent is what was signed
 */
export function requesterRefusal({
  operation,
  key,
  approvers,
  nowMs,
}: {
  operation: OperationRequest;
  key: DeploymentKey;
  approvers: readonly Approver[];
  nowMs: number;
}): string | undefined {
  if (approvers.length === 0) return undefined;
  const { signature, requester } = operation;
  if (!signature && key.environment === 'production')
    return `a ${operation.kind} in production must be signed by its requester: set MERIDIAN_SIGNING_KEY to your key ("meridian keys create" makes one)`;
  const text = (issuedAt: string) => requestText(operation, key, issuedAt);
  return signatureProblem({ signature, text, by: requester, approvers, nowMs });
}
