import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json';
import type { OperationRequest } from './messages';
import type { DeploymentKey } from './workflow-ids';

/** The text that is signed for an operation: who asks for what, on which deployment. The hash covers the whole of it. */
export function requestText(
  operation: OperationRequest,
  { application, environment }: DeploymentKey,
  issuedAt: string,
): string {
  const { signature: _, ...signed } = operation;
  const hash = bytesToHex(sha256(utf8ToBytes(canonicalJson(signed))));
  const { kind, requester } = operation;
  return ['meridian.request/1', kind, application, environment, JSON.stringify(requester), hash, issuedAt].join('\n');
}
