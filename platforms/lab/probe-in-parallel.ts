/** Runs `work` for every item, at most `atOnce` at a time; results in the order of the items. The first failure ends it. */
export async function inParallel<T, R>(items: T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.map((item, index) => ({ item, index }));
  let failed = false;
  const worker = async () => {
    for (let next = waiting.shift(); next && !failed; next = waiting.shift()) {
      results[next.index] = await work(next.item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
