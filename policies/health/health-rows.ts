import type { HealthMatrix, RegionHealth } from '../../contracts/health-matrix';
import type { WatchedDeployment } from '../../contracts/region-observation';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { trafficWeights } from '../traffic-weights';
import { checkInterval } from './check-interval';
import { baselineMs } from './latency-baseline';
import { overallHealth } from './levels';
import { numbersOf } from './ranks';
import type { RegionWindow } from './region-window';
import { triggersOf } from './triggers';
import { factsOf, secondsBetweenChecks, type WatchState } from './watch-state';

const SHOWN_DECISIONS = 20;

/** The matrix as people see it; undefined before the first check. */
export function healthMatrix(key: DeploymentKey, state: WatchState): HealthMatrix | undefined {
  const { deployment, checkedAtMs } = state;
  if (!deployment || checkedAtMs === undefined) return undefined;
  const facts = factsOf(key, state, checkedAtMs);
  const weights = trafficWeights(deployment.order.map((region) => ({ region, role: 'active' })));
  return {
    application: key.application,
    environment: key.environment,
    at: iso(checkedAtMs),
    checks: state.checks,
    generation: deployment.generation,
    primary: deployment.primary,
    writer: state.leases.length > 0 ? 'lease' : 'record',
    automation: deployment.automation,
    chain: deployment.chain,
    regions: state.windows.map((window, rank) => regionHealth(state, deployment, window, rank, weights[rank] ?? 0)),
    triggers: facts ? triggersOf(facts) : [],
    decisions: state.decisions.slice(-SHOWN_DECISIONS),
    notes: notesOf(state, deployment),
  };
}

function regionHealth(
  state: WatchState,
  deployment: WatchedDeployment,
  window: RegionWindow,
  rank: number,
  weight: number,
): RegionHealth {
  const { region, last, settled, breaker, latency } = window;
  const services = last?.observation.services ?? [];
  const overall = overallHealth(services);
  const baseline = baselineMs(latency);
  return {
    region,
    role: region === deployment.primary ? 'primary' : deployment.chain.includes(region) ? 'successor' : 'other',
    weight: Math.round(weight),
    threshold: numbersOf(rank).threshold,
    intervalSeconds: secondsBetweenChecks(state, window),
    services,
    ...(overall !== undefined && { overallHealth: overall }),
    alertLevel: settled.level,
    breaker: breaker.state,
    ...(latency.last && { latencyMs: Math.round(latency.last.ms) }),
    ...(baseline !== undefined && { baselineMs: Math.round(baseline) }),
    drained: deployment.drained.includes(region),
    ...(last && { lastCheck: iso(last.atMs) }),
  };
}

function notesOf(
  { leases, leasesUnread }: WatchState,
  { rtoSeconds, chainProblem, stores }: WatchedDeployment,
): string[] {
  const { problem } = checkInterval(0, { rtoSeconds, leases: leases.length > 0 });
  return [
    ...(chainProblem ? [chainProblem] : []),
    ...(problem && stores.length > 0 ? [problem] : []),
    ...(leasesUnread === undefined ? [] : [`the leases cannot be read, so nothing fails over: ${leasesUnread}`]),
    ...(leases.length > 0 ? ['the platform moves the primary by its own leases; this watch records it'] : []),
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
