import type { DeploymentRequest, RequestProblem } from '../contracts/request';
import { checkNetworks } from './check-networks';
import { checkRegions } from './check-regions';
import { checkResidency } from './check-residency';
import { checkServices } from './check-services';
import { checkStores } from './check-stores';
import { checkUsers } from './check-users';
import { checkAutomation } from './operations/automation';

/**
 * What a request means, after its shape was found right: every contradiction, unknown name and promise that cannot be
 * kept, each with the field, the value and what would be valid. Empty means that it can be planned; whether a topology
 * meets its SLA and budget is found by the strategy advisor (`adviceProblems`).
 */
export function checkRequest(request: DeploymentRequest): RequestProblem[] {
  return [
    ...checkUsers(request),
    ...checkRegions(request),
    ...checkNetworks(request),
    ...checkResidency(request),
    ...checkServices(request),
    ...checkStores(request),
    ...checkAutomation(request),
  ];
}
