/**
 * Nearest-rank percentile: the smallest value that at least `percentile` percent of all values do not exceed.
 * Throws for no values: a percentile of nothing is not zero.
 */
export function nearestRank(values: number[], percentile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error(`percentile ${percentile} of ${values.length} values does not exist`);
  return value;
}
