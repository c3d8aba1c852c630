import type { DeploymentRequest } from '../../contracts/request';
import type { Rollout, Wave } from '../../contracts/rollout';
import type { Topology } from '../../contracts/topology';
import { isStateful, needsApprovalBetweenRegions, wavesAfterCanary } from '../../policies/rollout-order';

export { changedValues } from './changed-values';
export { inversePlan, irreversibleItems } from './inverse-plan';

export interface DesignRolloutInput {
  request: DeploymentRequest;
  topology: Topology;
}

/** The region whose failure hurts the fewest: fewest users, never the primary unless there is nothing else. */
function canaryOf({ request, topology }: DesignRolloutInput): string {
  const { canary } = request.rollout;
  if (canary && topology.regions.some(({ region }) => region === canary)) return canary;
  const others = topology.regions.filter(({ region }) => region !== topology.primary);
  const [fewest] = others.sort((a, b) => a.usersPercent - b.usersPercent || (a.region < b.region ? -1 : 1));
  return fewest?.region ?? topology.primary;
}

/** Regions after the canary, fewest users first and the primary last: what is learned is learned where it costs least. */
function othersOf({ topology }: DesignRolloutInput, canary: string): string[] {
  return topology.regions
    .filter(({ region }) => region !== canary)
    .sort(
      (a, b) =>
        Number(a.region === topology.primary) - Number(b.region === topology.primary) ||
        a.usersPercent - b.usersPercent ||
        (a.region < b.region ? -1 : 1),
    )
    .map(({ region }) => region);
}

function migrationHooks({ dataStores }: DeploymentRequest): string[] {
  return dataStores.flatMap(({ name }) => [
    `expand ${name}: add what the new version needs, so that the old and the new one can both run`,
    `migrate ${name}: copy and backfill while both versions run, region by region`,
    `contract ${name}: remove what only the old version used, after the last region is promoted`,
  ]);
}

function reasonFor({ request, topology }: DesignRolloutInput, canary: string): string {
  const percent = topology.regions.find(({ region }) => region === canary)?.usersPercent ?? 0;
  const why = request.rollout.canary === canary ? 'as the request asks' : `nearest to only ${percent} % of users`;
  const order = needsApprovalBetweenRegions(request)
    ? 'then one region after the other, each with its own approval'
    : isStateful(request)
      ? 'then one region after the other, because the application keeps data'
      : 'then all other regions in parallel, because the application keeps no data';
  return topology.regions.length === 1 ? `${canary} is the only region` : `canary ${canary}, ${why}; ${order}`;
}

/**
 * Skill deployment-strategy-designer: in which order the regions of a topology are made, who bakes how long, where a
 * person is asked. Wave one is the canary, which may not fail; of the others as many may as the request tolerates. Pure.
 */
export function designRollout(input: DesignRolloutInput): Rollout {
  const { request } = input;
  const { bakeSeconds, onFailure, concurrency, failureTolerance } = request.rollout;
  const canary = canaryOf(input);
  const approvalBefore = needsApprovalBetweenRegions(request);
  const first: Wave = { regions: [canary], concurrency: 1, bakeSeconds, approvalBefore: false };
  const later = wavesAfterCanary(othersOf(input, canary), request).map(
    (regions): Wave => ({
      regions,
      concurrency: Math.min(regions.length, concurrency ?? regions.length),
      bakeSeconds: 0,
      approvalBefore,
    }),
  );
  return {
    canary,
    waves: [first, ...later],
    failureTolerance,
    onFailure,
    reason: reasonFor(input, canary),
    migration: isStateful(request) ? migrationHooks(request) : [],
  };
}
