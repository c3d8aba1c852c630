import type { Trigger } from '../../contracts/health-matrix';
import { baselineMs, latencyState } from './latency-baseline';
import { DOWN_CHECKS, DOWN_WINDOW_MS, isDown, type RegionWindow } from './region-window';
import type { WatchFacts } from './watch-facts';

/**
 * Seed 003's failover triggers, as they hold now: three failed checks in a row within 90 s, an open breaker, latency at
 * 1.5 × and for 300 s at 3 × its baseline, a compliance failure (once is enough). Nothing is triggered by what could not
 * be seen.
 */
export function triggersOf(facts: WatchFacts): Trigger[] {
  return facts.windows.flatMap((window) => [
    ...downTriggers(window),
    ...latencyTriggers(window),
    ...complianceTriggers(window, facts),
  ]);
}

function downTriggers(window: RegionWindow): Trigger[] {
  const { region, breaker } = window;
  if (isDown(window)) {
    const because = `${DOWN_CHECKS} checks in a row failed within ${DOWN_WINDOW_MS / 1_000} s: ${failures(window)}`;
    return [{ kind: 'region-down', region, because }];
  }
  if (breaker.state !== 'open' || window.last?.outcome !== 'failed') return [];
  return [{ kind: 'breaker-open', region, because: `${breaker.failures} checks in a row failed: ${failures(window)}` }];
}

function failures({ last }: RegionWindow): string {
  const bad = last?.observation.services.filter(({ score }) => score === 0) ?? [];
  return bad.map(({ service, detail }) => `${service} ${detail}`).join('; ');
}

function latencyTriggers({ region, latency }: RegionWindow): Trigger[] {
  const state = latencyState(latency);
  if (state !== 'degraded' && state !== 'spike') return [];
  const because = `${Math.round(latency.last?.ms ?? 0)} ms, normal is ${Math.round(baselineMs(latency) ?? 0)} ms`;
  return [{ kind: state === 'spike' ? 'latency-spike' : 'latency-warning', region, because }];
}

/** What personal data may not do: be kept or served outside its jurisdiction, or travel in the clear. */
function complianceTriggers({ region, last }: RegionWindow, { deployment, answering }: WatchFacts): Trigger[] {
  const reasons = [
    ...(deployment.outside.includes(region) && answering?.includes(region)
      ? ['it answers users although it is outside of where they must be served']
      : []),
    ...(last?.observation.unencrypted ?? []).map((store) => `${store} is replicated to it unencrypted`),
  ];
  return reasons.map((because) => ({ kind: 'compliance', region, because }));
}
