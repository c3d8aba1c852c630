import type { AlertBook } from '../../contracts/alert';
import type { Action, WatchDecision } from '../../contracts/health-matrix';
import type {
  CheckResult,
  LeaseSight,
  RegionLatency,
  RegionObservation,
  WatchedDeployment,
} from '../../contracts/region-observation';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { EMPTY_BOOK } from './alert-book';
import { checkInterval, isSuspicious } from './check-interval';
import { withSample } from './latency-baseline';
import { CROSS_REGION_SECONDS, numbersOf } from './ranks';
import { newRegionWindow, type RegionWindow, withLook } from './region-window';
import { unseen } from './scores';
import { type Elsewhere, isElsewhere, type WatchFacts } from './watch-facts';

/** All that a watch remembers. Plain data, bounded: it goes from run to run of the workflow. */
export interface WatchState {
  deployment?: WatchedDeployment;
  /** in the order of the deployment */
  windows: RegionWindow[];
  leases: LeaseSight[];
  /** why it is not known whether the platform keeps leases */
  leasesUnread?: string;
  /** who wrote in place of the primary in the latest checks */
  elsewhere?: Elsewhere;
  answering?: string[];
  /** of the latest look across regions */
  crossedAtMs?: number;
  /** of the latest check of any region */
  checkedAtMs?: number;
  checks: number;
  /** the latest, oldest first */
  decisions: WatchDecision[];
  /** actions that were dealt with and whose reasons last */
  pending: Action[];
  /** actions that wait because it is too soon for them, or too much at once */
  held: Action[];
  /** when the latest drill was that people were told of; "none" before the first */
  toldDrill?: string;
  book: AlertBook;
}

const KEPT_DECISIONS = 50;

export const NEW_WATCH: WatchState = {
  windows: [],
  leases: [],
  checks: 0,
  decisions: [],
  pending: [],
  held: [],
  book: EMPTY_BOOK,
};

/** Seconds until a region is to be looked at again after a look; a suspicious one is looked at as often as the primary. */
export function secondsBetweenChecks({ deployment, leases }: WatchState, window: RegionWindow): number {
  if (!deployment) return numbersOf(0).intervalSeconds;
  const tier = { rtoSeconds: deployment.rtoSeconds, leases: leases.length > 0 };
  const own = checkInterval(deployment.order.indexOf(window.region), tier).seconds;
  return isSuspicious(window) ? Math.min(own, checkInterval(0, tier).seconds) : own;
}

/** A check may come this part of its interval early, so that regions are looked at together: timers are never exact. */
const EARLY = 0.1;

/** Regions that are to be looked at now. */
export function dueRegions(state: WatchState, nowMs: number): string[] {
  return state.windows
    .filter(({ last, ...window }) => {
      if (!last) return true;
      return isDue(last.atMs, secondsBetweenChecks(state, { ...window, last }), nowMs);
    })
    .map(({ region }) => region);
}

/** Whether it is time for a look across regions: latency from the world, and who answers. */
export function crossIsDue({ crossedAtMs }: WatchState, nowMs: number): boolean {
  return crossedAtMs === undefined || isDue(crossedAtMs, CROSS_REGION_SECONDS, nowMs);
}

function isDue(lastMs: number, seconds: number, nowMs: number): boolean {
  return nowMs - lastMs >= seconds * 1_000 * (1 - EARLY);
}

/** Milliseconds until something is due again. */
export function nextCheckInMs(state: WatchState, nowMs: number): number {
  const due = state.windows.map((window) => (window.last?.atMs ?? nowMs) + secondsBetweenChecks(state, window) * 1_000);
  return Math.max(1_000, Math.min(...due, nowMs + numbersOf(0).intervalSeconds * 1_000) - nowMs);
}

/** The state after a check. */
export function afterCheckResult(state: WatchState, result: CheckResult, nowMs: number): WatchState {
  const deployment = result.deployment ?? state.deployment;
  const order = deployment?.order ?? [];
  const known = new Map(state.windows.map((window) => [window.region, window]));
  const seen = new Map(result.regions.map((observation) => [observation.region, observation]));
  const isChanged = deployment?.generation !== state.deployment?.generation;
  const windows = order.map((region, rank) => {
    const window = withoutOldLatency(known.get(region) ?? newRegionWindow(region), isChanged);
    const observation = seen.get(region);
    return observation ? withLook(window, observation, numbersOf(rank), nowMs) : window;
  });
  const answering = result.answering ?? state.answering;
  const { leasesUnread: _unread, elsewhere: before, ...rest } = state;
  const leases = leasesAfter(state, result);
  const elsewhere = deployment && elsewhereAfter(before, result, deployment);
  return {
    ...rest,
    ...(deployment && { deployment }),
    ...(answering && { answering }),
    windows,
    leases,
    ...(leases.length === 0 && result.leasesUnread !== undefined && { leasesUnread: result.leasesUnread }),
    ...(elsewhere && { elsewhere }),
    checks: state.checks + 1,
    checkedAtMs: nowMs,
  };
}

/** Leases that cannot be read now have not gone away: who may write is then as it was last seen. */
function leasesAfter({ leases }: WatchState, result: CheckResult): LeaseSight[] {
  if (result.leases.length === 0) return leases;
  if (result.leasesUnread === undefined) return result.leases;
  const read = result.leases.map(({ store }) => store);
  return [...result.leases, ...leases.filter(({ store }) => !read.includes(store))];
}

function elsewhereAfter(
  before: Elsewhere | undefined,
  { slot, leases }: CheckResult,
  deployment: WatchedDeployment,
): Elsewhere | undefined {
  const region = leases.find((lease) => isElsewhere(lease, deployment))?.holder;
  if (region === undefined || slot !== 'free') return undefined;
  return { region, checks: before?.region === region ? before.checks + 1 : 1 };
}

/** What was normal before a change is not the measure of what comes after it. */
function withoutOldLatency(window: RegionWindow, isChanged: boolean): RegionWindow {
  return isChanged ? { ...window, latency: { normal: [] } } : window;
}

/** A check that brought nothing back: every region that was asked about was not seen. */
export function blindLook(regions: readonly string[], why: string): RegionObservation[] {
  const services = (['compute', 'database', 'traffic'] as const).map((service) => unseen(service, why));
  return regions.map((region) => ({ region, services, lags: [], unencrypted: [] }));
}

export function afterLatency(state: WatchState, measured: readonly RegionLatency[], nowMs: number): WatchState {
  const windows = state.windows.map((window) => {
    const found = measured.find(({ region }) => region === window.region);
    if (!found) return { ...window, latency: { normal: window.latency.normal, idle: true as const } };
    const { ms, from } = found;
    return { ...window, latency: withSample(window.latency, { atMs: nowMs, ms, from }) };
  });
  return { ...state, windows };
}

export function withDecision(state: WatchState, decision: WatchDecision): WatchState {
  return { ...state, decisions: [...state.decisions, decision].slice(-KEPT_DECISIONS) };
}

/** What rules look at; undefined before it is known what is deployed. */
export function factsOf(key: DeploymentKey, state: WatchState, nowMs: number): WatchFacts | undefined {
  const { deployment, windows, leases, leasesUnread, elsewhere, answering } = state;
  if (!deployment) return undefined;
  return {
    ...{ key, deployment, windows, leases, nowMs },
    ...(leasesUnread !== undefined && { leasesUnread }),
    ...(elsewhere && { elsewhere }),
    ...(answering && { answering }),
  };
}

/** Regions that this watch took out of traffic, and that it may therefore return. */
export function drainedByWatch({ decisions }: Pick<WatchState, 'decisions'>): string[] {
  const asked = decisions.filter(({ outcome }) => outcome === 'asked');
  const latest = new Map(
    asked.filter(({ kind }) => kind === 'drain' || kind === 'return').map(({ region, kind }) => [region, kind]),
  );
  return [...latest].flatMap(([region, kind]) => (kind === 'drain' ? [region] : []));
}
