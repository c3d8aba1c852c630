import {
  CHECKLIST_ITEMS,
  type ChecklistEntry,
  type DrillResult,
  type LatencyMeasurement,
  type ServiceHealth,
  WORKER_LOCATION,
} from '../contracts/validation';

import { deciding } from './latency-scope';

/** What was measured in step 4. A part that was not measured is absent or empty. */
export interface ValidationFacts {
  health: readonly ServiceHealth[];
  latency: readonly LatencyMeasurement[];
  drill?: DrillResult;
  checklist: readonly ChecklistEntry[];
}

/** `blocked` has at least one blocker. Proposals are for a person to decide on; nothing acts on them by itself. */
export interface ValidationVerdict {
  verdict: 'promoted' | 'blocked';
  blockers: string[];
  proposals: string[];
}

function healthBlockers(health: readonly ServiceHealth[]): string[] {
  return health
    .filter(({ healthy }) => !healthy)
    .map(({ region, service, detail }) => `${service} in ${region} fails its health checks: ${detail}`);
}

function latencyProposals(latency: readonly LatencyMeasurement[]): string[] {
  // Users are where they are: what the worker sees from its own place decides nothing.
  const missed = deciding(latency).filter(({ withinSla, location }) => !withinSla && location !== WORKER_LOCATION);
  if (missed.length === 0) return [];
  const worst = missed.map(
    ({ location, slaPercentileMs, servedBy }) => `${location} ${Math.round(slaPercentileMs)} ms from ${servedBy}`,
  );
  return [`latency sla missed: ${worst.join(', ')}; choose regions nearer to them, or add edge locations`];
}

function drillProposals(drill: DrillResult | undefined): string[] {
  if (!drill) return [];
  const proposals: string[] = [];
  if (drill.rtoMs > drill.rtoTargetMs) {
    proposals.push(
      `rto missed: ${Math.round(drill.rtoMs)} ms instead of ${Math.round(drill.rtoTargetMs)} ms; automate the slowest phase of the failover, or add a region that takes over sooner`,
    );
  }
  if (drill.rpoMs > drill.rpoTargetMs) {
    proposals.push(
      `rpo missed: ${Math.round(drill.rpoMs)} ms instead of ${Math.round(drill.rpoTargetMs)} ms; replicate synchronously, or accept the larger rpo in the request`,
    );
  }
  return proposals;
}

/**
 * Seed 004 step 4: any region failing its health checks blocks promotion; an SLA that is missed blocks it with the
 * proposal of other regions or edge locations; an RTO that is missed, with that of automating the failover or adding
 * regions. Failed checks of the list block; `modelled` and `not-measured` ones are shown and do not. Without a single
 * health check nothing is known, and nothing is promoted.
 */
export function validationVerdict({ health, latency, drill, checklist }: ValidationFacts): ValidationVerdict {
  const sick = health.length === 0 ? ['no region was checked for health'] : healthBlockers(health);
  const slow = latencyProposals(latency);
  const drilled = drillProposals(drill);
  const failedDrill = drill && !drill.passed ? [`failover drill: ${drill.why}`] : drilled;
  // These three say themselves what is wrong, in more words than their line in the checklist.
  const said = new Set<string>();
  for (const [index, reasons] of [sick, failedDrill, slow].entries()) {
    const item = CHECKLIST_ITEMS[index];
    if (reasons.length > 0 && item) said.add(item);
  }
  const failed = checklist
    .filter(({ status, item }) => status === 'failed' && !said.has(item))
    .map(({ item, evidence }) => `${item}: ${evidence[0]?.measured ?? 'failed'}`);
  const blockers = [...sick, ...slow, ...failedDrill, ...failed];
  return { verdict: blockers.length === 0 ? 'promoted' : 'blocked', blockers, proposals: [...slow, ...drilled] };
}
