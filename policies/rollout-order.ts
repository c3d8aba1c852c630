import type { DeploymentRequest } from '../contracts/request';

/** An application with data stores is stateful: its regions depend on each other's data. */
export function isStateful({ dataStores }: DeploymentRequest): boolean {
  return dataStores.length > 0;
}

/** Seed 004 step 2: "critical production → require manual approval between regions"; a request may ask for it anywhere. */
export function needsApprovalBetweenRegions({ environment, criticality, rollout }: DeploymentRequest): boolean {
  return rollout.approval === 'every-region' || (environment === 'production' && criticality === 'critical');
}

/**
 * Seed 004 step 2: after the canary a stateless application goes to all other regions in parallel, a stateful one to one
 * region after the other. With an approval between regions there is no parallel either: each has its own gate.
 */
export function wavesAfterCanary(others: readonly string[], request: DeploymentRequest): string[][] {
  if (others.length === 0) return [];
  const oneByOne = isStateful(request) || needsApprovalBetweenRegions(request);
  return oneByOne ? others.map((region) => [region]) : [[...others]];
}
