import type { Evidence, EvidenceSource } from '../../contracts/evidence';
import type { DeploymentPlan } from '../../contracts/plan';
import type { DeploymentRecord } from '../../contracts/record';
import type { DatabaseStatus } from '../../contracts/replication';
import type { DeploymentRequest } from '../../contracts/request';
import {
  type CHECKLIST_ITEMS,
  type ChecklistEntry,
  type DrillResult,
  type LatencyMeasurement,
  type ServiceHealth,
  WORKER_LOCATION,
} from '../../contracts/validation';
import { deciding } from '../../policies/latency-scope';

export interface ChecklistFacts {
  request: DeploymentRequest;
  plan: DeploymentPlan;
  generation: number;
  source: EvidenceSource;
  at: string;
  /** when the parts were measured, ISO; what is missing is judged at `at` */
  measuredAt: Partial<Record<'health' | 'latency' | 'drill' | 'replication', string>>;
  /** per store, how many rows all its databases agreed on */
  agreedRows: ReadonlyMap<string, number>;
  health: ServiceHealth[];
  latency: LatencyMeasurement[];
  drill?: DrillResult;
  alarm?: { name: string; region: string; afterMs: number };
  databases: DatabaseStatus[];
  readBack: Array<{ region: string; seen: boolean; afterMs: number }>;
  runbook?: { commands: string[]; accepted: boolean };
  /** drills of earlier generations, cited when this one was not allowed to inject a fault */
  earlierDrills: DeploymentRecord['drills'];
}

type Item = (typeof CHECKLIST_ITEMS)[number];
/** The first line of `measured` is the headline: the worst case, or what decided. */
type Judgement = Pick<ChecklistEntry, 'status'> & { source?: EvidenceSource; at?: string; measured: string[] };

/**
 * Seed 004's validation checklist, judged from what was measured. A check without a measurement never passes: it is
 * `modelled` when facts or templates say something about it, else `not-measured`.
 */
export function checklist(facts: ChecklistFacts): ChecklistEntry[] {
  const judged: Array<[Item, Judgement]> = [
    ['All regions pass independent health checks', health(facts)],
    ['Failover test successful (RTO < requirements)', failover(facts)],
    ['Latency SLA met from all test locations', latency(facts)],
    ['Data replication working (write to primary, read from secondary)', replication(facts)],
    ['Replication lag within acceptable thresholds', lag(facts)],
    ['Monitoring dashboards operational in all regions', dashboards(facts)],
    ['Alerting configured for regional failures', alerting(facts)],
    ['Runbook documented for manual failover procedures', runbook(facts)],
    ['Cost estimation validated against budget constraints', cost(facts)],
    ['Security validated (encryption in transit and at rest)', security(facts)],
  ];
  return judged.map(([item, { status, source, at, measured }]) => ({
    item,
    status,
    ...(source && { source }),
    evidence: measured.map(
      (text): Evidence => ({
        source: source ?? facts.source,
        measured: text,
        at: at ?? facts.at,
        generation: facts.generation,
      }),
    ),
  }));
}

function health({ source, health: seen, plan, measuredAt }: ChecklistFacts): Judgement {
  const regions = new Set(seen.map(({ region }) => region));
  const unseen = plan.topology.regions.map(({ region }) => region).filter((region) => !regions.has(region));
  if (unseen.length > 0) return { status: 'failed', source, measured: [`nothing was heard of ${unseen.join(', ')}`] };
  const words = seen.map(
    (one) => `${one.region} ${one.service}: ${one.tasksHealthy} of ${one.tasksWanted} tasks healthy`,
  );
  const sick = seen.filter(({ healthy }) => !healthy).length;
  const headline = `${seen.length - sick} of ${seen.length} services healthy in ${regions.size} regions`;
  return { status: sick === 0 ? 'passed' : 'failed', source, at: measuredAt.health, measured: [headline, ...words] };
}

function failover({ source, drill, earlierDrills, measuredAt }: ChecklistFacts): Judgement {
  if (drill) {
    const phases = drill.phases.map(({ phase, ms }) => `${phase} ${ms} ms`).join(', ');
    const measured = [
      `RTO ${drill.rtoMs} ms of ${drill.rtoTargetMs} ms; ${drill.acknowledgedWritesLost} of ${drill.acknowledgedWrites} acknowledged writes lost, RPO ${drill.rpoMs} ms of ${drill.rpoTargetMs} ms`,
      phases,
      ...(drill.passed ? [] : [drill.why]),
    ];
    return { status: drill.passed ? 'passed' : 'failed', source, at: measuredAt.drill, measured };
  }
  const last = earlierDrills.at(-1);
  if (!last) return { status: 'not-measured', measured: [] };
  const cited = `the last drill, of ${last.at} (generation ${last.generation}), ${last.passed ? 'passed' : 'failed'} with an RTO of ${last.rtoMs} ms`;
  return { status: 'not-measured', measured: [`no fault is injected into a live deployment; ${cited}`] };
}

function latency({ source, latency: seen, request, measuredAt }: ChecklistFacts): Judgement {
  const slowestFirst = [...seen].sort((a, b) => b.slaPercentileMs - a.slaPercentileMs);
  const counted = deciding(slowestFirst);
  const [slowest] = counted;
  if (!slowest) return { status: 'not-measured', measured: [] };
  const { percentile, underMs, of } = request.latency;
  const words = slowestFirst.map(
    (one) =>
      `${one.location} ${one.slaPercentileMs.toFixed(0)} ms from ${one.servedBy}${one.decides === false ? ', no users there' : ''}`,
  );
  const headline = `p${percentile} of a ${of} at most ${slowest.slaPercentileMs.toFixed(0)} ms of ${underMs} ms, from ${slowest.location}`;
  if (slowest.location === WORKER_LOCATION) {
    const measured = [`${headline}; no world location was asked`];
    return { status: 'not-measured', source, at: measuredAt.latency, measured };
  }
  const met = counted.every(({ withinSla }) => withinSla);
  return { status: met ? 'passed' : 'failed', source, at: measuredAt.latency, measured: [headline, ...words] };
}

function replication({ source, readBack, agreedRows, measuredAt }: ChecklistFacts): Judgement {
  const slowestFirst = [...readBack].sort((a, b) => b.afterMs - a.afterMs);
  if (slowestFirst.length === 0) return { status: 'not-measured', measured: [] };
  const words = slowestFirst.map(
    ({ region, seen, afterMs }) =>
      `written to the primary, ${seen ? `readable in ${region} after ${Math.round(afterMs)} ms` : `never readable in ${region}`}`,
  );
  const rows = [...agreedRows].map(([store, count]) => `all databases of ${store} hold the same ${count} rows`);
  const works = readBack.every(({ seen }) => seen);
  return { status: works ? 'passed' : 'failed', source, at: measuredAt.replication, measured: [...words, ...rows] };
}

function lag({ source, databases, plan, drill, measuredAt }: ChecklistFacts): Judgement {
  const thresholdOf = (store: string) =>
    plan.replication.stores.find((one) => one.store === store)?.lagThresholdMs ?? 0;
  const within = databases.every(({ store, lagMs }) => lagMs !== undefined && lagMs <= thresholdOf(store));
  const words = databases.map(
    ({ region, store, lagMs }) =>
      `${store} in ${region}: ${lagMs === undefined ? 'unknown' : `${Math.round(lagMs)} ms`} of ${thresholdOf(store)} ms, without load`,
  );
  if (words.length === 0) return { status: 'not-measured', measured: [] };
  const loaded = drill ? [`at most ${Math.round(drill.reportedLagMs)} ms under the drill's stream of writes`] : [];
  return { status: within ? 'passed' : 'failed', source, at: measuredAt.replication, measured: [...loaded, ...words] };
}

function dashboards({ plan }: ChecklistFacts): Judgement {
  const count = countResources(plan, 'AWS::CloudWatch::Dashboard');
  if (count === 0) return { status: 'not-measured', measured: [] };
  return {
    status: 'modelled',
    source: 'template',
    measured: [`${count} dashboards are in the templates; nobody has looked at one`],
  };
}

function alerting({ source, plan, drill, alarm }: ChecklistFacts): Judgement {
  if (alarm)
    return {
      status: 'passed',
      source,
      measured: [`${alarm.name} was raised ${(alarm.afterMs / 1_000).toFixed(1)} s after ${alarm.region} was killed`],
    };
  if (drill) return { status: 'failed', source, measured: [`${drill.region} was killed and no alarm was raised`] };
  const count = countResources(plan, 'AWS::CloudWatch::Alarm');
  if (count === 0) return { status: 'not-measured', measured: [] };
  return {
    status: 'modelled',
    source: 'template',
    measured: [`${count} alarms are in the templates; none was made to fire`],
  };
}

function runbook({ runbook: written }: ChecklistFacts): Judgement {
  if (!written) return { status: 'not-measured', measured: [] };
  const measured = [
    `${written.commands.length} Meridian commands, ${written.accepted ? 'all' : 'not all'} accepted by the command line; the AWS commands in it were not run`,
  ];
  return {
    status: written.accepted && written.commands.length > 0 ? 'passed' : 'failed',
    source: 'artifact',
    measured,
  };
}

function cost({ request, plan }: ChecklistFacts): Judgement {
  const { usdPerMonth, lines, asOf } = plan.topology.cost;
  const budget = request.budget.usdPerMonth;
  const estimated = lines.filter(({ basis }) => basis === 'estimated').length;
  const measured = [
    `${Math.round(usdPerMonth)} of ${budget} USD a month from ${lines.length} price lines as of ${asOf}, ${estimated} of them estimated`,
  ];
  return { status: usdPerMonth <= budget ? 'modelled' : 'failed', source: 'catalog', measured };
}

function security({ plan, databases }: ChecklistFacts): Judgement {
  const high = plan.findings.filter(({ severity }) => severity === 'high').length;
  const encrypted = databases.filter(({ tls }) => tls === true).length;
  const measured = [
    `security gate over ${plan.stacks.length} templates: ${high} findings of high severity, ${plan.findings.length - high} others; encryption at rest is in the templates`,
    ...(databases.length > 0 ? [`${encrypted} of ${databases.length} replication connections are encrypted`] : []),
  ];
  const failed = high > 0 || encrypted < databases.length;
  return { status: failed ? 'failed' : 'modelled', source: 'template', measured };
}

function countResources(plan: DeploymentPlan, type: string): number {
  return plan.stacks.reduce((sum, { resourceTypes }) => sum + (resourceTypes[type] ?? 0), 0);
}
