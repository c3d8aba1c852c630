import { canonicalJson } from './canonical-json';
import { digestOf } from './digest';
import type { OperationRequest } from './messages';
import type { DeploymentKey } from './workflow-ids';

/** The text that is signed for an operation: who asks for what, on which deployment. The hash covers the whole of it. */
export function requestText(
  operation: OperationRequest,
  { application, environment }: DeploymentKey,
  issuedAt: string,
): string {
  const { signature: _, ...signed } = operation;
  const hash = digestOf(canonicalJson(signed));
  const { kind, requester } = operation;
  return ['meridian.request/1', kind, application, environment, JSON.stringify(requester), hash, issuedAt].join('\n');
}
