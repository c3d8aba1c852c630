import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab-state';

const SOON_MS = 200;
const AT_MOST_MS = 5_000;
const underWay = new Set<string>();

/**
 * Starts again what has ended, as an init system does: soon at first, then less and less often, until it is there or
 * nobody wants it any more. What ends with the same marker while this is under way is seen to by it.
 */
export async function startAgain(
  lab: Lab,
  { marker, isMissing, start }: { marker: string; isMissing: () => boolean; start: () => Promise<unknown> },
): Promise<void> {
  if (underWay.has(marker)) return;
  underWay.add(marker);
  for (let waitMs = SOON_MS; ; waitMs = Math.min(2 * waitMs, AT_MOST_MS)) {
    await sleep(waitMs);
    if (lab.ending || !isMissing()) break;
    await start().catch((error: unknown) => lab.log(`${marker} was not started again: ${String(error)}`));
  }
  underWay.delete(marker);
}
