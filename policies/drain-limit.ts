/**
 * How many of the regions that answer may be taken out at once while they are changed: a minority, so that what is left
 * can carry the load, but always one where there are two. A single region cannot be drained: nobody else would answer.
 */
export function mostDrained(regions: number): number {
  return regions < 2 ? 0 : Math.max(1, Math.floor((regions - 1) / 2));
}
