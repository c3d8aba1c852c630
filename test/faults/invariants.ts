import type { DeploymentRecord } from '../../contracts/record';
import type { DeploymentReport } from '../../contracts/report';
import { judgeStacks, nameOf, type RunOutcome, type SeenAct, type SeenStack } from './stack-invariants';

/** What a cloud shows from outside, without asking anything that Meridian wrote down. */
export interface SeenCloud {
  stacks: SeenStack[];
  acts: SeenAct[];
  /** regions that answer nobody */
  drained: string[];
  /** regions with a drill's fault in force */
  dead: string[];
  /** region to role; a fenced database takes no writes */
  databases: Record<string, { role: 'primary' | 'standby'; fenced: boolean }>;
}

/** A whole deployment under a fault. `report` is absent when it did not end in time. */
export interface EndedRun {
  before: SeenCloud;
  after: SeenCloud;
  recordBefore: DeploymentRecord;
  record: DeploymentRecord;
  report?: DeploymentReport;
}

/** How a deployment ended and every promise that it broke, in words; an empty list is a run as it should be. */
export function judge(run: EndedRun): { outcome: RunOutcome | 'stuck'; violations: string[] } {
  const { report, before, after, record } = run;
  if (!report) return { outcome: 'stuck', violations: ['stuck: no verdict in time'] };
  const outcome = report.verdict === 'promoted' ? 'complete' : 'compensated';
  const stacks = judgeStacks({
    outcome,
    before: before.stacks,
    after: after.stacks,
    acts: after.acts,
    planned: (report.plan?.stacks ?? []).map(({ ref, template }) => ({ ref, sha256: template.sha256 })),
    removed: (report.plan?.removals ?? []).flatMap((removal) => removal.stacks.map(({ ref }) => ref)),
    left: report.leftovers.map(({ ref }) => ref),
    intents: record.intents,
  });
  const recorded = outcome === 'complete' ? notLive(run, report) : notAsBefore(run, report);
  return { outcome, violations: [...stacks, ...recorded, ...dataTrouble(run, report), ...leftInForce(run, report)] };
}

/** The record calls live what was planned. */
function notLive({ record }: EndedRun, report: DeploymentReport): string[] {
  const wrong: string[] = [];
  if (record.live?.generation !== report.generation)
    wrong.push(`record: promoted ${report.generation}, live is ${record.live?.generation}`);
  const live = (record.live?.stacks ?? []).map(({ ref }) => nameOf(ref)).sort();
  const planned = (report.plan?.stacks ?? []).map(({ ref }) => nameOf(ref)).sort();
  if (live.join() !== planned.join()) wrong.push('record: what is live is not what was planned');
  return wrong;
}

/** What was live is live; what a first deployment leaves standing is dark in the record; the report says why. */
function notAsBefore({ after, recordBefore, record }: EndedRun, report: DeploymentReport): string[] {
  const wrong: string[] = [];
  if (record.live?.generation !== recordBefore.live?.generation)
    wrong.push(`record: live is ${record.live?.generation}, was ${recordBefore.live?.generation}`);
  if (!recordBefore.live)
    for (const { ref } of after.stacks)
      if (!record.dark?.regions.includes(ref.region)) wrong.push(`record: ${nameOf(ref)} stands and is not dark`);
  if (report.summary === '' || !report.failure) wrong.push('report: does not say why it failed');
  return wrong;
}

/** One database takes the writes, and it is the one that the record names. */
function dataTrouble({ after, record }: EndedRun, report: DeploymentReport): string[] {
  const primaries = Object.keys(after.databases).filter((region) => after.databases[region]?.role === 'primary');
  if (primaries.length === 0 && !record.primary) return [];
  if (primaries.length !== 1) return [`data: ${primaries.length} primaries (${primaries.join(', ')})`];
  const [primary = ''] = primaries;
  const wrong: string[] = [];
  if (record.primary !== primary) wrong.push(`data: ${primary} is the primary, the record says ${record.primary}`);
  for (const [region, { fenced }] of Object.entries(after.databases)) {
    const named = report.leftovers.some(({ ref }) => ref.region === region && ref.kind === 'data');
    if (fenced && !named) wrong.push(`data: ${region} is still fenced`);
  }
  return wrong;
}

/** No drill's fault and no drain outlives the run unless the report names its region. */
function leftInForce({ before, after, record }: EndedRun, report: DeploymentReport): string[] {
  const named = (region: string) => report.leftovers.some(({ ref }) => ref.region === region);
  const kept = new Set(before.drained);
  // who has left may be forgotten later: no record leads there, and the deployment record knows
  const isLive = (one: string) => record.live?.topology.regions.some(({ region }) => region === one) ?? true;
  return [
    ...after.dead.filter((region) => !named(region)).map((region) => `fault: ${region} is still dead`),
    ...after.drained
      .filter((region) => isLive(region) && !kept.has(region) && !named(region))
      .map((region) => `drain: ${region} still answers nobody`),
    ...(record.drained.join() === after.drained.join() || report.leftovers.length > 0
      ? []
      : [`drain: the record says [${record.drained.join(', ')}], the cloud [${after.drained.join(', ')}]`]),
  ];
}
