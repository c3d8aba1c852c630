import type { Approver } from '../contracts/approval';
import type { OperationRequest } from '../contracts/messages';
import { requestText } from '../contracts/request-text';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { signatureProblem } from './signature-problem';

/**
 * Why an operation cannot begin under the name it carries; undefined when it can. In production the
 * requester must have signed: else anybody could ask under another name and approve their own request.
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
  const { signature, requester } = operation;
  if (approvers.length === 0) {
    // a deployment is planned, and blocked where its approval would be asked: people see what it would have done
    if (operation.kind === 'deploy' || key.environment !== 'production') return undefined;
    return `a ${operation.kind} in production must be signed, and this worker knows no approver: set MERIDIAN_APPROVERS on the worker (docs/approvals.md)`;
  }
  if (!signature && key.environment === 'production')
    return `a ${operation.kind} in production must be signed by its requester: set MERIDIAN_SIGNING_KEY to your key ("meridian keys create" makes one)`;
  const text = (issuedAt: string) => requestText(operation, key, issuedAt);
  return signatureProblem({ signature, text, by: requester, approvers, nowMs });
}
