import type { DeploymentPlan } from '../contracts/plan';
import type { LiveDeployment } from '../contracts/record';
import type { StackArtifact } from '../contracts/stack';
import type { Topology } from '../contracts/topology';
import { isStateful } from './stateful-resources';

export interface LiveStacks extends Pick<LiveDeployment, 'stacks' | 'topology'> {
  /** the region that takes writes; undefined where there is no data */
  writer?: string | undefined;
}

/**
 * The regions of a live deployment that a new topology does not have, in the order in which they were made, with their
 * stacks in the order in which those go: data before the connections that its replication uses, the network last. The
 * region that takes writes never leaves, whatever is asked: such a request is refused elsewhere.
 */
export function leavingRegions(live: LiveStacks, wanted: Pick<Topology, 'regions'>): DeploymentPlan['removals'] {
  const stay = new Set([live.writer, ...wanted.regions.map(({ region }) => region)]);
  return live.topology.regions
    .map(({ region }) => region)
    .filter((region) => !stay.has(region))
    .map((region) => ({ region, stacks: live.stacks.filter((stack) => isOf(stack, region)).reverse() }));
}

/**
 * Stacks of regions that stay which a new plan does not have, in the order in which they go. Connections to a region that
 * leaves; anything else is a request that leaves out what is live, and is refused elsewhere.
 */
export function danglingStacks(
  live: LiveStacks,
  wanted: Pick<Topology, 'regions'>,
  planned: readonly StackArtifact[],
): StackArtifact[] {
  const names = new Set(planned.map(({ ref }) => `${ref.region}/${ref.name}`));
  return live.stacks
    .filter((stack) => wanted.regions.some(({ region }) => isOf(stack, region)))
    .filter(({ ref }) => !names.has(`${ref.region}/${ref.name}`))
    .reverse();
}

/** Global records live in some region, too, but belong to none. */
function isOf({ ref }: StackArtifact, region: string): boolean {
  return ref.region === region && ref.kind !== 'preview' && ref.kind !== 'global';
}

const NO_LOSS = /^AWS::(KMS|S3)::/;

/**
 * What is lost with a leaving region and cannot be made again, by type. Keys go with what they encrypt: alone they are no
 * loss. Buckets stay when their stack goes.
 */
export function dataThatLeaves({ stacks }: DeploymentPlan['removals'][number]): Array<{ type: string; count: number }> {
  const counts = new Map<string, number>();
  for (const [type, count] of stacks.flatMap(({ resourceTypes }) => Object.entries(resourceTypes))) {
    if (isStateful({ type }) && !NO_LOSS.test(type)) counts.set(type, (counts.get(type) ?? 0) + count);
  }
  return [...counts].map(([type, count]) => ({ type, count }));
}
