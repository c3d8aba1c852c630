import type { RegionObservation } from '../../contracts/region-observation';
import { afterCheck, type Breaker, CLOSED_BREAKER } from './breaker';
import { type CheckOutcome, checkOutcome } from './check-outcome';
import type { LatencyWindow } from './latency-baseline';
import { alertLevel, type SettledLevel, settle } from './levels';
import type { RankNumbers } from './ranks';

/** Source: seed 003, primaryRegionDown: 3 consecutive failures within 90 s. */
export const DOWN_CHECKS = 3;
export const DOWN_WINDOW_MS = 90_000;

/** What the watch remembers of one region. Bounded: it travels from run to run. */
export interface RegionWindow {
  region: string;
  /** the latest look, and when it was, ms since the epoch; absent before the first */
  last?: { atMs: number; observation: RegionObservation; outcome: CheckOutcome };
  /** when the latest checks failed, oldest first; emptied by one that did not */
  failedAtMs: number[];
  /** checks in a row in which the region could not be judged */
  unknowns: number;
  /** since when nothing was seen to be wrong with it */
  wellSinceMs?: number;
  settled: SettledLevel;
  breaker: Breaker;
  latency: LatencyWindow;
}

export function newRegionWindow(region: string): RegionWindow {
  return {
    region,
    failedAtMs: [],
    unknowns: 0,
    settled: { level: 'unknown', calm: 0 },
    breaker: CLOSED_BREAKER,
    latency: { normal: [] },
  };
}

/** The window after one more look. */
export function withLook(
  window: RegionWindow,
  observation: RegionObservation,
  numbers: RankNumbers,
  nowMs: number,
): RegionWindow {
  const { wellSinceMs, ...rest } = window;
  const outcome = checkOutcome(observation.services);
  const level = alertLevel(observation.services, numbers.threshold);
  const wellSince = level === 'green' ? (wellSinceMs ?? nowMs) : level === 'unknown' ? wellSinceMs : undefined;
  return {
    ...rest,
    last: { atMs: nowMs, observation, outcome },
    failedAtMs:
      outcome === 'ok' ? [] : [...window.failedAtMs, ...(outcome === 'failed' ? [nowMs] : [])].slice(-DOWN_CHECKS),
    unknowns: outcome === 'unknown' ? window.unknowns + 1 : 0,
    ...(wellSince !== undefined && { wellSinceMs: wellSince }),
    settled: settle(window.settled, level),
    breaker: afterCheck(window.breaker, outcome, numbers.breakerFailures, nowMs),
  };
}

/** Three failed checks in a row within 90 s, and the latest look at the region is not a blind one. */
export function isDown({ failedAtMs, last }: RegionWindow): boolean {
  const [first, latest] = [failedAtMs[0], failedAtMs.at(-1)];
  if (failedAtMs.length < DOWN_CHECKS || first === undefined || latest === undefined) return false;
  return latest - first <= DOWN_WINDOW_MS && last?.outcome === 'failed';
}
