/**
 * The region that takes the writes of most stores. Of several with as many, one that is not the primary by record: it
 * was chosen since. Undefined when nobody takes any.
 */
export function majorityRegion(
  writers: ReadonlyArray<{ region?: string }>,
  primary: string | undefined,
): string | undefined {
  const votes = new Map<string, number>();
  for (const { region } of writers) if (region) votes.set(region, (votes.get(region) ?? 0) + 1);
  const most = Math.max(0, ...votes.values());
  const leaders = [...votes].filter(([, count]) => count === most).map(([region]) => region);
  return leaders.find((region) => region !== primary) ?? leaders[0];
}
