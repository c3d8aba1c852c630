import { PlatformError } from '../platform-error';

/**
 * Tag in which a resource keeps the newest epoch that acted on it. AWS has no compare-and-set on tags: whoever comes
 * late with an old epoch is refused, and two who come in the same moment are kept apart by the deployment's workflow,
 * which runs one operation at a time. Nothing else of the resource, nor a place outside the region, has to be there
 * for it, so that it is seen exactly as long as the resource is.
 */
export const TAG_EPOCH = 'meridian:epoch';

/** 0 when nobody ever acted on it. */
export function epochOf(tags: ReadonlyArray<{ Key?: string; Value?: string }> | undefined): number {
  const value = Number(tags?.find(({ Key }) => Key === TAG_EPOCH)?.Value ?? 0);
  return Number.isSafeInteger(value) ? value : 0;
}

/** Throws `Platform.StaleEpoch` when one of those seen is newer. */
export function refuseStaleEpoch(epoch: number, seen: number[], what: string): void {
  const newest = Math.max(0, ...seen);
  if (epoch >= newest) return;
  throw new PlatformError(
    'Platform.StaleEpoch',
    `epoch: ${epoch} is older than ${newest}, which already acted on ${what}; read the record again`,
  );
}
