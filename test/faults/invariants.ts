import { createHash } from 'node:crypto';
import type { DeploymentRecord } from '../../contracts/record';
import type { DeploymentReport } from '../../contracts/report';
import type { StackRef, StackStatus } from '../../contracts/stack';

/** A stack as its cloud shows it. */
export interface SeenStack {
  ref: StackRef;
  status: StackStatus;
  template: string;
  parameters: Record<string, string>;
  generation: number;
}

/** What a cloud did to a stack, by its own log. */
export interface SeenAct {
  ref: Pick<StackRef, 'region' | 'kind'>;
  effect: 'created' | 'changed' | 'destroyed';
  token?: string;
}

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

/** One operation under a fault, from before it to its end. `report` is absent when it did not end in time. */
export interface EndedRun {
  before: SeenCloud;
  after: SeenCloud;
  recordBefore: DeploymentRecord;
  record: DeploymentRecord;
  report?: DeploymentReport;
}

export type RunOutcome = 'complete' | 'compensated';

/** How a run ended and every promise that it broke, in words; an empty list is a run as it should be. */
export function judge(run: EndedRun): { outcome: RunOutcome | 'stuck'; violations: string[] } {
  if (!run.report) return { outcome: 'stuck', violations: ['stuck: no verdict in time'] };
  const outcome = run.report.verdict === 'promoted' ? 'complete' : 'compensated';
  const violations = [
    ...(outcome === 'complete' ? incomplete(run, run.report) : uncompensated(run, run.report)),
    ...doubles(run),
    ...orphans(run),
    ...destroyed(run, run.report),
    ...dataTrouble(run, run.report),
    ...leftInForce(run, run.report),
  ];
  return { outcome, violations };
}

/** Complete: every stack of the plan is there as planned and the record calls it live; nothing else is there. */
function incomplete({ after, record }: EndedRun, report: DeploymentReport): string[] {
  const found = byName(after.stacks);
  const wrong: string[] = [];
  for (const { ref, template } of report.plan?.stacks ?? []) {
    const stack = found.get(nameOf(ref));
    found.delete(nameOf(ref));
    if (!stack) wrong.push(`incomplete: promoted without ${nameOf(ref)}`);
    else if (stack.status !== 'ready') wrong.push(`incomplete: ${nameOf(ref)} is ${stack.status}`);
    else if (sha256(stack.template) !== template.sha256) wrong.push(`incomplete: ${nameOf(ref)} is not as planned`);
  }
  for (const stack of found.values())
    if (!isLeft(report, stack.ref)) wrong.push(`extra: ${nameOf(stack.ref)} is in no plan and not left over by name`);
  if (record.live?.generation !== report.generation)
    wrong.push(`record: promoted ${report.generation}, live is ${record.live?.generation}`);
  const live = (record.live?.stacks ?? []).map(({ ref }) => nameOf(ref)).sort();
  const planned = (report.plan?.stacks ?? []).map(({ ref }) => nameOf(ref)).sort();
  if (live.join() !== planned.join()) wrong.push('record: what is live is not what was planned');
  return wrong;
}

/** Compensated: what was there is there as it was, and whatever else stands is named as left over. */
function uncompensated({ before, after, recordBefore, record }: EndedRun, report: DeploymentReport): string[] {
  const found = byName(after.stacks);
  const wrong: string[] = [];
  for (const was of before.stacks) {
    const is = found.get(nameOf(was.ref));
    found.delete(nameOf(was.ref));
    if (isLeft(report, was.ref)) continue;
    if (!is) wrong.push(`lost: ${nameOf(was.ref)} was there before`);
    else if (is.template !== was.template) wrong.push(`not restored: ${nameOf(was.ref)} has another template`);
    else if (JSON.stringify(is.parameters) !== JSON.stringify(was.parameters))
      wrong.push(`not restored: ${nameOf(was.ref)} has other parameters`);
  }
  for (const { ref } of found.values()) {
    if (!isLeft(report, ref)) wrong.push(`left behind: ${nameOf(ref)} is not named in the report`);
    else if (!recordBefore.live && !record.dark?.regions.includes(ref.region))
      wrong.push(`left behind: ${nameOf(ref)} is not dark in the record`);
  }
  if (record.live?.generation !== recordBefore.live?.generation)
    wrong.push(`record: live is ${record.live?.generation}, was ${recordBefore.live?.generation}`);
  if (report.summary === '' || !report.failure) wrong.push('report: does not say why it failed');
  return wrong;
}

/** Never double: no token acts twice, nothing is made that stands, nothing changes more often than there and back. */
function doubles({ before, after }: EndedRun): string[] {
  const wrong: string[] = [];
  const standing = new Set(before.stacks.map(({ ref }) => placeOf(ref)));
  const tokens = new Set<string>();
  const applied = new Map<string, number>();
  for (const { ref, effect, token } of after.acts) {
    const place = placeOf(ref);
    if (token !== undefined && tokens.has(token)) wrong.push(`double: a token acted twice on ${place}`);
    if (token !== undefined) tokens.add(token);
    if (effect === 'created' && standing.has(place)) wrong.push(`double: ${place} was made while it stood`);
    if (effect === 'destroyed') standing.delete(place);
    else {
      standing.add(place);
      applied.set(place, (applied.get(place) ?? 0) + 1);
    }
  }
  for (const [place, times] of applied)
    if (times > 2) wrong.push(`double: ${place} was applied ${times} times, there and back are 2`);
  return wrong;
}

/** Never an orphan: the record knows of everything that stands, and does not call it gone. */
function orphans({ after, record }: EndedRun): string[] {
  return after.stacks.flatMap(({ ref }) => {
    const intent = record.intents.find((one) => nameOf(one.ref) === nameOf(ref));
    if (!intent) return [`orphan: ${nameOf(ref)} has no intent`];
    const gone = intent.verb === 'destroy' && intent.state === 'undone';
    return gone ? [`orphan: ${nameOf(ref)} stands, its intent says it is gone`] : [];
  });
}

/** Never present -> destroyed: what stood before is removed only where an approved plan removes it and was carried out. */
function destroyed({ before, after }: EndedRun, report: DeploymentReport): string[] {
  const stood = new Set(before.stacks.map(({ ref }) => placeOf(ref)));
  const removals = report.verdict === 'promoted' ? (report.plan?.removals ?? []) : [];
  const removed = new Set(removals.flatMap(({ stacks }) => stacks.map(({ ref }) => placeOf(ref))));
  return after.acts
    .filter(({ ref, effect }) => effect === 'destroyed' && stood.has(placeOf(ref)) && !removed.has(placeOf(ref)))
    .map(({ ref }) => `present -> destroyed: ${placeOf(ref)}`);
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
  return [
    ...after.dead.filter((region) => !named(region)).map((region) => `fault: ${region} is still dead`),
    ...after.drained
      .filter((region) => !kept.has(region) && !named(region))
      .map((region) => `drain: ${region} still answers nobody`),
    ...(record.drained.join() === after.drained.join() || report.leftovers.length > 0
      ? []
      : [`drain: the record says [${record.drained.join(', ')}], the cloud [${after.drained.join(', ')}]`]),
  ];
}

function isLeft({ leftovers }: DeploymentReport, ref: StackRef): boolean {
  return leftovers.some((left) => nameOf(left.ref) === nameOf(ref));
}

function byName(stacks: SeenStack[]): Map<string, SeenStack> {
  return new Map(stacks.map((stack) => [nameOf(stack.ref), stack]));
}

function nameOf({ region, name }: StackRef): string {
  return `${region}/${name}`;
}

function placeOf({ region, kind }: Pick<StackRef, 'region' | 'kind'>): string {
  return `${region}/${kind}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
