import { setTimeout as sleep } from 'node:timers/promises';
import type { Takeover } from '../../contracts/failover';
import type { Rejoined } from '../../contracts/replication';
import { markedProcesses } from '../../lab/processes/marked-processes';
import { until } from '../lab/running-lab';
import { databaseLeftBehind, databaseMarker, presentDatabase } from './found-database';
import { InsideWriter } from './inside-writer';
import { type Mode, type OpsLab, REGIONS } from './ops-lab';
import { OutsideWriter, outsideKey } from './outside-writer';
import { brokenPromises, type Found, onlyIn } from './promises';
import { ReportedLag } from './reported-lag';
import { Turns } from './turns';
import { acknowledged, outageMs, type Write } from './write';

const TAKEN_WITHIN_MS = 30_000;
const SETTLED_WITHIN_MS = 15_000;
const STEADY_MS = 1_500;
const AFTERWARDS_MS = 1_000;
/** A region that comes back has as long to do harm. */
const THAWED_MS = 2_000;

/** What happened to the region that took the writes. */
export interface Strike {
  /** ISO time from which on it was in force */
  at: string;
  undo?: () => Promise<unknown>;
  /** undone so long after it, whatever was taken over until then; absent: when somebody else takes the writes */
  undoneAfterMs?: number;
  /** in words, to repeat it by */
  told?: string;
  /** broken promises of this case alone */
  alsoBroken?: () => string[];
}

export interface OpsCase {
  name: string;
  /** the outage at p95 is promised to be between these, ms: told, not judged */
  within: [number, number];
  strike: (ops: OpsLab, region: string, id: string) => Promise<Strike>;
  /**
   * Whom the writes go to afterwards. `same`: the same region in the same epoch. `same-unless-slow`: likewise, unless its
   * keeper found that the database did not come back in time, which is the machine's doing; nobody else may find so.
   * `planned`: whom a person wanted, and nothing may be lost. `anybody`: whom a person wanted, or who took over because
   * that went wrong.
   */
  leads?: 'same' | 'same-unless-slow' | 'planned' | 'anybody';
  /** absent: in every mode */
  mode?: Mode;
}

export interface RunResult {
  outageMs: number;
  acknowledged: number;
  lost: number;
  /** another region takes the writes now */
  moved: boolean;
  /** in words, to repeat it by */
  told?: string;
  broken: string[];
}

/**
 * Writers outside and inside, something that happens to the region that takes their writes and is undone while they go
 * on, and what became of the writes.
 */
export async function runCase(ops: OpsLab, { strike, leads }: OpsCase, run: string): Promise<RunResult> {
  await ops.recover();
  const before = await ops.lease();
  const markers = await databaseMarkers(ops);
  const turns = new Turns();
  const outside = new OutsideWriter(run, ops.edge);
  const inside = await insideWriters(ops, before.holder, run, turns);
  const lag = new ReportedLag(ops, before.holder);
  const writers = [turns, outside, ...inside, lag];
  for (const writer of writers) writer.start();
  let struck: Strike | undefined;
  let isUndone = false;
  const undo = async () => {
    if (isUndone) return;
    await struck?.undo?.();
    isUndone = true;
  };
  try {
    await sleep(STEADY_MS);
    struck = await strike(ops, before.holder, run);
    void lag.stop();
    const faultAtMs = Date.parse(struck.at);
    const said = () => [struck?.told ?? '', ...ops.saidByKeepers(faultAtMs)].join('\n');
    const taken = (afterMs: number) =>
      until('writes are acknowledged', () => outside.wasAcknowledgedAfter(afterMs), TAKEN_WITHIN_MS).catch(
        (error: Error) => {
          throw new Error(`${error.message}\n${said()}`);
        },
      );
    if (struck.undoneAfterMs !== undefined) {
      await sleep(Math.max(0, faultAtMs + struck.undoneAfterMs - Date.now()));
      await undo();
    }
    await taken(faultAtMs + 100);
    await sleep(AFTERWARDS_MS);
    await undo();
    await taken(Date.now());
    await sleep(THAWED_MS);
    for (const writer of writers) await writer.stop();

    const log = [outside, ...inside].flatMap((writer) => writer.log);
    const after = await ops.lease();
    const hasMoved = after.holder !== before.holder;
    const { down, goingOn } = await settled(ops, after.holder, markers);
    const present = await presentDatabase(ops, after.holder, run);
    const formers: Found[] = [];
    for (const region of down) formers.push(await databaseLeftBehind(ops, region, run));
    const takeover = hasMoved && leads !== 'planned' ? await takeoverOf(ops, after.epoch, leads) : undefined;
    const evidence = {
      ...{ present, formers, faultAtMs, synchronous: ops.mode === 'block' },
      overAtMs: takeover && Date.parse(takeover.fence.at),
      explainedSinceMs: takeover ? lag.explainsSince(after.holder, faultAtMs) : undefined,
    };
    const broken = brokenPromises(log, evidence);
    if (goingOn.length > 0) broken.push(`databases go on that are no standbys: ${goingOn.join(', ')}`);
    const mayMove = leads !== 'same' && (leads !== 'same-unless-slow' || takeover?.fence.kind === 'processes-gone');
    if (!mayMove && (hasMoved || (leads === 'same' && after.epoch !== before.epoch)))
      broken.push(
        `the lease went from ${JSON.stringify(before)} to ${JSON.stringify(after)}: ${takeover?.fence.detail}`,
      );
    if (leads !== 'anybody' && takeover?.from !== undefined && !down.includes(takeover.from))
      broken.push(`${takeover.from} was told to be the former primary; those were: ${down.join(', ')}`);
    broken.push(...(struck.alsoBroken?.() ?? []));
    for (const former of formers) broken.push(...unreported(former, present, await ops.rejoin(former.region)));
    await ops.awaitReady();
    const kept = acknowledged(log).filter(({ key, content }) => present.rows.get(key)?.content === content);
    return {
      outageMs: outageMs(outside.log, faultAtMs, TAKEN_WITHIN_MS),
      acknowledged: acknowledged(log).length,
      lost: acknowledged(log).length - kept.length,
      moved: hasMoved,
      ...(struck.told && { told: struck.told }),
      broken:
        broken.length === 0
          ? []
          : [...broken, ...told(struck, log, evidence.overAtMs), ...ops.saidByKeepers(faultAtMs)],
    };
  } finally {
    await undo().catch(() => undefined);
    for (const writer of writers) await writer.stop();
  }
}

/** Undefined where the writes may have moved as planned, and did. */
function takeoverOf(ops: OpsLab, epoch: number, leads: OpsCase['leads']): Promise<Takeover | undefined> {
  return leads === 'anybody' ? ops.takeoverIfTold(epoch) : ops.takeover(epoch);
}

/** In the region that takes the writes by both of its ways, in the others by the way that follows the primary. */
async function insideWriters(ops: OpsLab, primary: string, run: string, turns: Turns): Promise<InsideWriter[]> {
  const regionOf = (port: number) => ops.regionOf(port);
  const at = async (region: string, way: 'endpoint' | 'read port') => {
    const connection = await (way === 'endpoint' ? ops.endpoint(region) : ops.readPort(region));
    return new InsideWriter({ ...{ run, region, way, connection, regionOf, turns } });
  };
  return Promise.all([at(primary, 'read port'), ...REGIONS.map((region) => at(region, 'endpoint'))]);
}

/** In the command line of every process of each region's database. */
async function databaseMarkers(ops: OpsLab): Promise<Map<string, string>> {
  const found = REGIONS.map(async (region) => [region, await databaseMarker(ops, region)] as const);
  return new Map(await Promise.all(found));
}

/**
 * Every region but the primary's has had time to be a standby or to end its database: those that are down, and those that
 * are neither.
 */
async function settled(
  ops: OpsLab,
  primary: string,
  markers: ReadonlyMap<string, string>,
): Promise<{ down: string[]; goingOn: string[] }> {
  const others = REGIONS.filter((region) => region !== primary);
  const isDown = (region: string) => markedProcesses(markers.get(region) ?? '').length === 0;
  let goingOn = others;
  const isSettled = async () => {
    const living = others.filter((region) => !isDown(region));
    const roles = await Promise.all(living.map((region) => ops.role(region)));
    goingOn = living.filter((_, index) => roles[index] !== 'standby');
    return goingOn.length === 0;
  };
  await until('no other primary runs', isSettled, SETTLED_WITHIN_MS).catch(() => undefined);
  return { down: others.filter(isDown), goingOn };
}

/** Rows that only a former primary held, and that its rejoin did not hand over. */
function unreported(former: Found, present: Found, { divergence }: Rejoined): string[] {
  if (!divergence?.complete) return [`the rejoin does not say all that it found: ${divergence?.kept ?? 'nothing'}`];
  const reported = new Set(
    divergence.rows.flatMap(({ old }) =>
      old ? [`${old.key ?? outsideKey(String(old.seq))} ${old.content ?? ''}`] : [],
    ),
  );
  const missing = onlyIn(former, present).filter(([key, { content }]) => !reported.has(`${key} ${content}`));
  if (missing.length === 0) return [];
  const some = missing.slice(0, 5).map(([key]) => key);
  return [`the rejoin did not report ${missing.length} rows that only ${former.region} held: ${some.join(', ')}`];
}

/** What helps to find out why: the last acknowledgement of each database, and when the lease was over. */
function told(struck: Strike, log: readonly Write[], overAtMs: number | undefined): string[] {
  const iso = (ms: number) => new Date(ms).toISOString();
  const last = new Map(
    acknowledged(log).map(({ by, endedAtMs }) => [by ? `${by.region}/${by.timeline}` : 'front door', iso(endedAtMs)]),
  );
  const over = overAtMs === undefined ? 'not over' : `over at ${iso(overAtMs)}`;
  const heard = [...last].map(([who, at]) => `${who} until ${at}`).join(', ');
  return [`(fault at ${struck.at}${struck.told ? `, ${struck.told}` : ''}; lease ${over}; acknowledged by ${heard})`];
}
