import type { StackDrift } from '../../contracts/stack';
import { TAG_BEFORE, TAG_CLOSED, TAG_FENCED, TAG_RESTORED, TAG_SUCCESSOR } from './aws-data-fence-state';
import { TAG_EPOCH } from './epoch-tag';

type DriftedResource = StackDrift['drifted'][number];
type Difference = DriftedResource['differences'][number];

const OWN_TAGS = [TAG_EPOCH, TAG_CLOSED, TAG_FENCED, TAG_BEFORE, TAG_SUCCESSOR, TAG_RESTORED];

/**
 * Leaves out what Meridian’s own operations changed beside the templates: drains of health checks, fences of databases,
 * the tags that both keep. Reverting a fence would let an old primary take writes again, so it must never look like
 * something that somebody changed by hand. A resource of which nothing else differs has not drifted.
 */
export function withoutOwnDoing(drifted: DriftedResource[]): DriftedResource[] {
  return drifted.flatMap((resource) => {
    const differences = resource.differences.filter((difference) => !isOwnDoing(resource, difference));
    const isOurs = resource.kind === 'changed' && differences.length === 0 && resource.differences.length > 0;
    return isOurs ? [] : [{ ...resource, differences }];
  });
}

/** What Meridian’s own operations changed: one line for each resource, with the paths. */
export function ownDoing(drifted: DriftedResource[]): string[] {
  return drifted.flatMap((resource) => {
    const own = resource.differences.filter((difference) => isOwnDoing(resource, difference));
    return own.length === 0 ? [] : [`${resource.resource} (${own.map(({ path }) => path).join(', ')})`];
  });
}

function isOwnDoing({ type, differences }: DriftedResource, difference: Difference): boolean {
  const { path } = difference;
  if (/^\/(HealthCheck)?Tags\b/.test(path)) return hasTag(difference, OWN_TAGS);
  if (type === 'AWS::Route53::HealthCheck') return /^\/HealthCheckConfig\/(Disabled|Inverted)$/.test(path);
  const isFenced = type === 'AWS::RDS::DBInstance' && differences.some((other) => hasTag(other, [TAG_CLOSED]));
  return isFenced && /^\/VPCSecurityGroups\b/.test(path);
}

/** Drift detection gives added tags as JSON text. */
function hasTag({ actual }: Difference, tags: string[]): boolean {
  return tags.some((tag) => actual.includes(`"${tag}"`));
}
