import type { Action, WatchDecision } from '../../contracts/health-matrix';
import type { WatchFacts } from './watch-facts';

/**
 * Between two opposite decisions. Source: Karmada gives an eviction ten minutes of grace before anything more is done; AWS
 * Application Recovery Controller makes a minimum delay between automatic executions obligatory, without a default.
 */
export const DWELL_MS = 10 * 60_000;
const HOUR_MS = 60 * 60_000;
/** Moves of the primary in an hour. Source: orchestrator blocks a second recovery for 3,600 s (RecoveryPeriodBlockSeconds). */
const MOVES_PER_HOUR = 1;
/** Drains and returns in an hour. A judgement: two regions out and back. */
const DRAINS_PER_HOUR = 4;
/** When so many regions fail at once, it is more likely that we do not see well. Source: Kubernetes, unhealthy-zone-threshold 0.55. */
const TOO_MANY_FAILED = 0.55;

type Past = Pick<WatchDecision, 'kind' | 'region' | 'to' | 'at' | 'outcome'>;

/**
 * Why an action must wait, in words; undefined when it may be done now. Only what was really asked for counts. What the
 * platform did by itself counts as a move: nobody moves the primary back just after the sentinels moved it. Writing down
 * what has happened is never held.
 */
export function holdReason(action: Action, past: readonly Past[], facts: WatchFacts): string | undefined {
  if (action.kind === 'record') return undefined;
  if (action.kind === 'fail-over' && facts.leasesUnread !== undefined)
    return `the platform may move the primary by itself: its leases cannot be read (${facts.leasesUnread})`;
  const done = past
    .filter(({ outcome }) => outcome === 'asked')
    .map((one) => ({ ...one, ageMs: facts.nowMs - Date.parse(one.at) }));
  const opposite = done.find((one) => one.ageMs < DWELL_MS && areOpposite(one, action));
  if (opposite)
    return `${opposite.kind} of ${opposite.region} was ${minutes(opposite.ageMs)} ago; the opposite waits until ${minutes(DWELL_MS)} have passed`;
  const alike = done.filter((one) => one.ageMs < HOUR_MS && isMove(one) === isMove(action));
  const limit = isMove(action) ? MOVES_PER_HOUR : DRAINS_PER_HOUR;
  if (alike.length >= limit) return `${alike.length} in the last hour, and ${limit} may be without a person`;
  return tooManyFailed(action, facts);
}

/** One undoes the other, wholly or in part. */
export function areOpposite(a: Pick<Past, 'kind' | 'region' | 'to'>, b: Pick<Past, 'kind' | 'region' | 'to'>): boolean {
  if (isMove(a) && isMove(b)) return a.region === b.to || a.to === b.region;
  const pair = [a.kind, b.kind];
  return a.region === b.region && pair.includes('drain') && pair.includes('return');
}

function isMove({ kind }: Pick<Past, 'kind'>): boolean {
  return kind === 'fail-over' || kind === 'switch-over' || kind === 'record';
}

/** A region is never taken out when that would leave nobody, or when most of them fail at once. */
function tooManyFailed({ kind, region }: Action, { windows }: WatchFacts): string | undefined {
  if (kind !== 'drain') return undefined;
  const failed = windows.filter(({ last }) => last?.outcome === 'failed');
  if (failed.length > 1 && failed.length / windows.length >= TOO_MANY_FAILED)
    return `${failed.length} of ${windows.length} regions fail at once: more likely they are not seen well`;
  const others = windows.filter((one) => one.region !== region && one.last?.outcome === 'ok');
  return others.length > 0 ? undefined : 'no other region is seen to be well: nobody would answer';
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} min`;
}
