import type { Action, Trigger } from '../../contracts/health-matrix';
import type { RegionWindow } from './region-window';
import { DWELL_MS } from './restraint';
import { movedTo, type WatchFacts } from './watch-facts';

/**
 * What should be done about the triggers of this moment (seed 003: immediate failover, gradual failover, compliance
 * failover). At most one move of the primary. Where the platform keeps leases, its sentinels move the primary; the watch
 * then only has it written down, and looks after traffic.
 * @param returnable regions that the watch itself has drained
 */
export function wantedActions(
  facts: WatchFacts,
  triggers: readonly Trigger[],
  returnable: readonly string[],
): Action[] {
  const { deployment, leases } = facts;
  const { primary } = deployment;
  const to = movedTo(facts);
  if (to !== undefined)
    return [
      { kind: 'record', region: primary, to, because: `the platform lets ${to} write, the record says ${primary}` },
    ];
  const actions: Action[] = [];
  for (const region of new Set(triggers.map((trigger) => trigger.region))) {
    const own = triggers.filter((trigger) => trigger.region === region);
    const action = region === primary ? movePrimary(facts, own) : leaveRegion(facts, region, own);
    if (action) actions.push(action);
  }
  const returned = returnable.filter((region) => deployment.drained.includes(region) && mayReturn(facts, region));
  return [
    ...actions.filter(({ kind }) => kind !== 'fail-over' || leases.length === 0),
    ...returned.map(
      (region): Action => ({ kind: 'return', region, because: `healthy for ${DWELL_MS / 60_000} minutes` }),
    ),
  ];
}

/** Down or not trusted: at once. Slow for long, or not compliant: as planned, without losing a write. */
function movePrimary(facts: WatchFacts, triggers: readonly Trigger[]): Action | undefined {
  const region = facts.deployment.primary;
  const successor = facts.deployment.chain.find((one) => isWell(facts, one));
  if (successor === undefined) return undefined;
  const lost = triggers.find(({ kind }) => kind === 'region-down' || kind === 'breaker-open');
  if (lost) return { kind: 'fail-over', region, to: successor, because: lost.because };
  const poor = triggers.find(({ kind }) => kind === 'latency-spike' || kind === 'compliance');
  return poor && { kind: 'switch-over', region, to: successor, because: poor.because };
}

function leaveRegion(facts: WatchFacts, region: string, triggers: readonly Trigger[]): Action | undefined {
  const reason = triggers.find(({ kind }) => kind !== 'latency-warning');
  const isOut = [...facts.deployment.drained, ...facts.deployment.fenced].includes(region);
  if (!reason || isOut) return undefined;
  return { kind: 'drain', region, because: reason.because };
}

/** Seen just now, by itself and without a stain: nobody is handed anything unseen. */
function isWell({ windows }: WatchFacts, region: string): boolean {
  const window = windows.find((one) => one.region === region);
  return window?.last?.outcome === 'ok' && window.breaker.state === 'closed' && window.settled.level !== 'red';
}

function mayReturn({ windows, nowMs }: WatchFacts, region: string): boolean {
  const window = windows.find((one) => one.region === region);
  return window !== undefined && wellFor(window, nowMs) >= DWELL_MS;
}

/** Milliseconds since when nothing was seen to be wrong with a region that is seen now. */
function wellFor({ wellSinceMs, last, breaker }: RegionWindow, nowMs: number): number {
  return wellSinceMs !== undefined && last?.outcome === 'ok' && breaker.state === 'closed' ? nowMs - wellSinceMs : 0;
}
