import { setTimeout as sleep } from 'node:timers/promises';
import type { Rejoined } from '../../contracts/replication';
import { markedProcesses } from '../../lab/processes/marked-processes';
import { until } from '../lab/running-lab';
import { databaseLeftBehind, databaseMarker, presentDatabase } from './found-database';
import { InsideWriter } from './inside-writer';
import { type OpsLab, REGIONS } from './ops-lab';
import { OutsideWriter, outsideKey } from './outside-writer';
import { brokenPromises, type Found } from './promises';
import { ReportedLag } from './reported-lag';
import { Turns } from './turns';
import { acknowledged, outageMs, type Write } from './write';

const TAKEN_WITHIN_MS = 30_000;
const GONE_WITHIN_MS = 15_000;
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
  /** whom the writes go to afterwards: `same`: to the same region in the same epoch; `planned`: as a person wanted it, so nothing may be lost */
  leads?: 'same' | 'planned';
}

export interface RunResult {
  outageMs: number;
  acknowledged: number;
  lost: number;
  broken: string[];
}

/**
 * Writers outside and inside, something that happens to the region that takes their writes and is undone while they go
 * on, and what became of the writes.
 */
export async function runCase(ops: OpsLab, { strike, leads }: OpsCase, run: string): Promise<RunResult> {
  const before = await ops.lease();
  const marker = await databaseMarker(ops, before.holder);
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
    const taken = (afterMs: number) =>
      until('writes are acknowledged', () => outside.wasAcknowledgedAfter(afterMs), TAKEN_WITHIN_MS);
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
    const isTakeover = hasMoved && leads !== 'planned';
    const alive = hasMoved ? await awaitGone(marker) : [];
    const present = await presentDatabase(ops, after.holder, run);
    const former = hasMoved ? await databaseLeftBehind(ops, before.holder, run) : undefined;
    const takeover = isTakeover ? await ops.takeover(after.epoch) : undefined;
    const evidence = {
      ...{ present, former, faultAtMs, synchronous: ops.mode === 'block' },
      overAtMs: takeover && Date.parse(takeover.fence.at),
      explainedSinceMs: isTakeover ? lag.explainsSince(after.holder, faultAtMs) : undefined,
    };
    const broken = brokenPromises(log, evidence);
    if (alive.length > 0) broken.push(`the database of ${before.holder} goes on: pids ${alive.join(', ')}`);
    if (leads === 'same' && (hasMoved || after.epoch !== before.epoch))
      broken.push(`the lease went from ${JSON.stringify(before)} to ${JSON.stringify(after)}`);
    if (takeover && takeover.fence.region !== before.holder)
      broken.push(`${takeover.fence.region} was told to be the former primary, it was ${before.holder}`);
    broken.push(...(struck.alsoBroken?.() ?? []));
    const rejoined = await ops.rejoin(before.holder);
    if (former) broken.push(...unreported(former, present, rejoined));
    const kept = acknowledged(log).filter(({ key, content }) => present.rows.get(key)?.content === content);
    return {
      outageMs: outageMs(outside.log, faultAtMs, TAKEN_WITHIN_MS),
      acknowledged: acknowledged(log).length,
      lost: acknowledged(log).length - kept.length,
      broken: broken.length === 0 ? [] : [...broken, ...told(struck, log, evidence.overAtMs)],
    };
  } finally {
    await undo().catch(() => undefined);
    for (const writer of writers) await writer.stop();
  }
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

/** Pids that are left although the region has had time to end them. */
async function awaitGone(marker: string): Promise<number[]> {
  await until('its database is gone', () => markedProcesses(marker).length === 0, GONE_WITHIN_MS).catch(
    () => undefined,
  );
  return markedProcesses(marker);
}

/** Rows that only the former primary held, and that its rejoin did not hand over. */
function unreported(former: Found, present: Found, rejoined: Rejoined | undefined): string[] {
  const { divergence } = rejoined ?? {};
  if (!divergence?.complete) return [`the rejoin does not say all that it found: ${divergence?.kept ?? 'nothing'}`];
  const reported = new Set(
    divergence.rows.flatMap(({ old }) =>
      old ? [`${old.key ?? outsideKey(String(old.seq))} ${old.content ?? ''}`] : [],
    ),
  );
  const missing = [...former.rows].filter(
    ([key, { content }]) => present.rows.get(key)?.content !== content && !reported.has(`${key} ${content}`),
  );
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
