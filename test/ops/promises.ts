import { acknowledged, type Write } from './write';

/** A row as a database holds it. */
export interface Row {
  content: string;
  /** when it was committed there, wall clock, ms */
  committedAtMs: number;
}

/** A database as it was found when everything was over. */
export interface Found {
  region: string;
  timeline: number;
  /** the timelines that it came from */
  ancestors: readonly number[];
  rows: ReadonlyMap<string, Row>;
}

export interface Evidence {
  /** the database that takes the writes in the end */
  present: Found;
  /** those that took them before and do not any more, before they rejoined */
  formers: readonly Found[];
  synchronous: boolean;
  faultAtMs: number;
  /** from when on nobody but the present primary had the right to take writes: the old lease was over */
  overAtMs: number | undefined;
  /** acknowledgements since then may be lost: the lag that was reported of the one that was elected explains them; undefined: none may */
  explainedSinceMs: number | undefined;
}

/** What was promised and not kept, from the history of every write and the rows of both databases. */
export function brokenPromises(log: readonly Write[], evidence: Evidence): string[] {
  return [lost, torn, twoContents, afterSuccessor, afterLease, afterwardsByRows, forked, sharedTimeline].flatMap(
    (check) => check(acknowledged(log), evidence),
  );
}

function lostOf(writes: readonly Write[], { present }: Evidence): Write[] {
  return writes.filter(({ key, content }) => present.rows.get(key)?.content !== content);
}

/** Nothing where standbys were waited for; else what the reported lag explains, and no more. */
function lost(writes: readonly Write[], evidence: Evidence): string[] {
  const { synchronous, explainedSinceMs } = evidence;
  const all = lostOf(writes, evidence);
  const since = synchronous ? undefined : explainedSinceMs;
  const unexplained = all.filter(({ endedAtMs }) => since === undefined || endedAtMs < since);
  if (unexplained.length === 0) return [];
  const why =
    since === undefined
      ? synchronous
        ? 'standbys were waited for'
        : 'nobody died'
      : `the oldest ${Math.round(since - Math.min(...unexplained.map(({ endedAtMs }) => endedAtMs)))} ms older than the lag`;
  return [`lost: ${listed(unexplained)}; ${why}`];
}

/** A log is a sequence: when a write survived, all that was acknowledged before it was sent has survived, too. */
function torn(writes: readonly Write[], evidence: Evidence): string[] {
  const { present, faultAtMs } = evidence;
  const survivors = writes.filter(
    ({ key, content, sentAtMs }) => present.rows.get(key)?.content === content && sentAtMs < faultAtMs,
  );
  const lastMs = Math.max(Number.NEGATIVE_INFINITY, ...survivors.map(({ sentAtMs }) => sentAtMs));
  const missing = lostOf(writes, evidence).filter(({ endedAtMs }) => endedAtMs < lastMs);
  return missing.length === 0 ? [] : [`torn: ${listed(missing)} are missing although later ones are there`];
}

/** Whoever asks for a key that is there is not acknowledged, so that of two contents one is of another history. */
function twoContents(writes: readonly Write[]): string[] {
  const contents = new Map<string, Set<string>>();
  for (const { key, content } of writes) contents.set(key, (contents.get(key) ?? new Set()).add(content));
  const twice = [...contents]
    .filter(([, all]) => all.size > 1)
    .map(([key, all]) => `${key}: ${[...all].join(' and ')}`);
  return twice.length === 0 ? [] : [`two writers: acknowledged with two contents: ${shortened(twice)}`];
}

/** Acknowledged by somebody else after the present primary had acknowledged its first write. */
function afterSuccessor(writes: readonly Write[], evidence: Evidence): string[] {
  const { present, formers } = evidence;
  if (formers.length === 0) return [];
  const own = writes.filter(({ by }) => by?.region === present.region && by.timeline === present.timeline);
  const firstMs = Math.min(Number.POSITIVE_INFINITY, ...own.map(({ endedAtMs }) => endedAtMs));
  const late = byOthers(writes, evidence).filter(({ notBeforeMs }) => notBeforeMs > firstMs);
  return late.length === 0 ? [] : [`two writers: after the first write of ${present.region}: ${listed(late)}`];
}

/** Acknowledged by somebody else after the lease of the former primary was over, whether or not anybody had it then. */
function afterLease(writes: readonly Write[], evidence: Evidence): string[] {
  const { overAtMs } = evidence;
  if (overAtMs === undefined) return [];
  const late = byOthers(writes, evidence).filter(({ notBeforeMs }) => notBeforeMs > overAtMs);
  return late.length === 0 ? [] : [`two writers: after the lease was over: ${listed(late)}`];
}

/** Who answered at the front door is not known: what the present primary does not hold, it did not acknowledge. */
function byOthers(writes: readonly Write[], evidence: Evidence): Write[] {
  const missing = new Set(lostOf(writes, evidence));
  return writes.filter((write) => (write.by ? write.by.region !== evidence.present.region : missing.has(write)));
}

/** The same from the databases alone: what only a former one holds was committed before the present one began. */
function afterwardsByRows(writes: readonly Write[], { present, formers, overAtMs }: Evidence): string[] {
  const known = new Set(writes.map(({ key, content }) => `${key} ${content}`));
  return formers.flatMap((former) => {
    const firstMs = Math.min(
      overAtMs ?? Number.POSITIVE_INFINITY,
      ...onlyIn(present, former).map(([, { committedAtMs }]) => committedAtMs),
    );
    const late = onlyIn(former, present)
      .filter(([key, { content, committedAtMs }]) => known.has(`${key} ${content}`) && committedAtMs > firstMs)
      .map(([key]) => key);
    if (late.length === 0) return [];
    return [`two writers: committed in ${former.region} when ${present.region} had begun: ${shortened(late)}`];
  });
}

/** Rows that one database holds and another one does not, or holds otherwise. */
export function onlyIn(one: Found, other: Found): Array<[string, Row]> {
  return [...one.rows].filter(([key, { content }]) => other.rows.get(key)?.content !== content);
}

/** What was acknowledged is on a timeline that the present primary came from, or is its own. */
function forked(writes: readonly Write[], { present, formers }: Evidence): string[] {
  const history = [...present.ancestors, present.timeline];
  const elsewhere = writes.filter(({ by }) => by && !history.includes(by.timeline));
  const broken = elsewhere.length === 0 ? [] : [`two histories: on another timeline: ${listed(elsewhere)}`];
  const forks = formers
    .filter(({ timeline }) => !history.includes(timeline))
    .flatMap((former) => {
      const rows = new Map(onlyIn(former, present));
      const only = writes.filter(({ key, content }) => rows.get(key)?.content === content);
      if (only.length === 0) return [];
      const where = `${former.region} ended on timeline ${former.timeline}, not among ${history.join(', ')}`;
      return [`two histories: ${where}, with ${listed(only)}`];
    });
  return [...broken, ...forks];
}

/** Every promotion begins a timeline, so that each has one writer. */
function sharedTimeline(writes: readonly Write[]): string[] {
  const regions = new Map<number, Set<string>>();
  for (const { by } of writes) if (by) regions.set(by.timeline, (regions.get(by.timeline) ?? new Set()).add(by.region));
  return [...regions]
    .filter(([, writers]) => writers.size > 1)
    .map(([timeline, writers]) => `two writers: timeline ${timeline} was written by ${[...writers].join(' and ')}`);
}

function listed(writes: readonly Write[]): string {
  return shortened(writes.map(({ key, way, by }) => `${key} (${way}${by ? `, by ${by.region}/${by.timeline}` : ''})`));
}

function shortened(all: readonly string[]): string {
  return `${all.length}: ${all.slice(0, 5).join(', ')}${all.length > 5 ? ', …' : ''}`;
}
