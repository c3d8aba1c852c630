import { type DecideApprovalInput, decisionText, type Signature } from '../../contracts/approval';
import type { OperationRequest } from '../../contracts/messages';
import { requestText } from '../../contracts/request-text';
import type { DeploymentKey } from '../../contracts/workflow-ids';

/** Holds a private key and signs with it. */
export interface Signer {
  keyId: string;
  /** @returns base64 of the 64 bytes */
  sign(text: string): string;
}

/** The decision with a signature of this moment; as it was without a signer. */
export function signedDecision(
  signer: Signer | undefined,
  workflowId: string,
  decision: DecideApprovalInput,
): DecideApprovalInput {
  if (!signer) return decision;
  return { ...decision, signature: signatureNow(signer, (issuedAt) => decisionText(workflowId, decision, issuedAt)) };
}

/** The operation with a signature of this moment; as it was without a signer. */
export function signedOperation(
  signer: Signer | undefined,
  operation: OperationRequest,
  key: DeploymentKey,
): OperationRequest {
  if (!signer) return operation;
  return { ...operation, signature: signatureNow(signer, (issuedAt) => requestText(operation, key, issuedAt)) };
}

function signatureNow({ keyId, sign }: Signer, text: (issuedAt: string) => string): Signature {
  const issuedAt = new Date().toISOString();
  return { keyId, issuedAt, signature: sign(text(issuedAt)) };
}
