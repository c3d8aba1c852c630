import type { Action } from '../../contracts/health-matrix';
import type { OperationRequest } from '../../contracts/messages';
import { type DeploymentKey, deploymentName } from '../../contracts/workflow-ids';

/** The name under which the watch asks for operations. Its key, where one is needed, is that of a gateway called "watch:". */
export const WATCH_REQUESTER = 'watch:meridian';

/**
 * The operation of a deployment that carries an action out.
 * @param proposed a person has to approve it first
 */
export function operationOf({ kind, region, to, because }: Action, proposed: boolean): OperationRequest {
  const asked = { requester: WATCH_REQUESTER, reason: because.slice(0, 500) };
  switch (kind) {
    case 'fail-over':
      return { kind: 'promote-region', region: to ?? region, ...(proposed && { proposed }), ...asked };
    case 'switch-over':
      return { kind: 'switchover', region: to ?? region, ...asked };
    case 'drain':
      return { kind: 'drain', region, ...asked };
    case 'return':
      return { kind: 'undrain', region, ...asked };
    case 'record':
      return { kind: 'record-failover', ...asked };
  }
}

/** What a person types to have it done. */
export function commandOf(action: Action, key: DeploymentKey): string {
  const name = deploymentName(key);
  const operation = operationOf(action, false);
  if (operation.kind === 'record-failover') return `meridian failovers ${name} --record`;
  return `meridian ${operation.kind} ${name}${'region' in operation ? ` ${operation.region}` : ''}`;
}
