import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { RecoveryTarget } from '../../../contracts/backup';
import { readPath, writePath } from '../../../contracts/probe-contract';
import { ARCHIVE_TIMEOUT_SECONDS } from '../../../lab/postgres/archive';
import { startTestLab, type TestLab, until } from '../running-lab';
import { PRIMARY, SampleDeployment, STANDBY, scope, store } from '../sample-deployment';

let lab: TestLab;
const call: TestLab['daemon']['call'] = (...args) => lab.daemon.call(...args);
const putIn = async (region: string, seq: number) =>
  (await lab.askRegion(region, 'PUT', writePath('test', seq))).status;
const write = (seq: number) => putIn(PRIMARY, seq);
const read = async (region: string, seq: number) => (await lab.askRegion(region, 'GET', readPath('test', seq))).status;

beforeAll(async () => {
  lab = await startTestLab();
  await new SampleDeployment(lab.daemon).applyAll('base', 'connectivity', 'data');
  await until('writes are taken', async () => (await write(1)) === 201);
});
afterAll(() => lab.stop());

/** All files below the lab's object storage whose path ends so. */
function stored(ending: string): string[] {
  const files = readdirSync(join(lab.home, 'objects'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((path) => path.endsWith(ending))
    .map((path) => join(lab.home, 'objects', path))
    .sort();
}

async function sql<R extends object>(text: string): Promise<R[]> {
  const { caCertificate, ...connection } = await call('data.connection', { ...store, region: PRIMARY });
  const client = new Client({ ...connection, ssl: { ca: caCertificate } });
  await client.connect();
  const { rows } = await client.query<R>(text);
  await client.end();
  return rows;
}

test('a backup is kept in another region and unproven until it has been restored and compared', async () => {
  const taken = await call('backups.take', { ...store, id: 'first' });
  expect(taken).toMatchObject({ id: 'first', from: PRIMARY, keptIn: STANDBY });
  expect(taken.proof).toBeUndefined();
  expect((taken.bytes ?? 0) > 10_000_000).toBe(true);
  // taking it again copies nothing again
  expect(await call('backups.take', { ...store, id: 'first' })).toEqual(taken);
  await write(2);
  const proven = await call('backups.prove', { ...store, id: 'first' });
  expect(proven.proof).toMatchObject({ result: 'matches', rows: 1 });
  const { backups, archive } = await call('backups.list', store);
  expect(backups).toEqual([proven]);
  expect(archive).toMatchObject({ keptIn: STANDBY, breaks: [] });
  expect(readdirSync(join(lab.home, 'scratch'))).toEqual([]);
});

test('what was written after the last segment is at risk for at most the archive time-out', async () => {
  await write(3);
  expect((await call('backups.list', store)).archive?.lossMs).toBeGreaterThan(0);
  await until(
    'the segment is archived although it is not full',
    async () => (await call('backups.list', store)).archive?.lossMs === 0,
    ARCHIVE_TIMEOUT_SECONDS * 1_000 + 10_000,
  );
});

test('rows that differ from the source are found, and so is a damaged file', async () => {
  await call('backups.take', { ...store, id: 'tampered' });
  const manifest = stored('base/tampered/manifest.json')[0] ?? '';
  const honest = readFileSync(manifest, 'utf8');
  const text = JSON.parse(honest) as { mark: { digest: string } };
  writeFileSync(manifest, JSON.stringify({ ...text, mark: { ...text.mark, digest: 'of other rows' } }));
  expect((await call('backups.prove', { ...store, id: 'tampered' })).proof?.result).toBe('differs');
  writeFileSync(manifest, honest);
  const file = stored('base/tampered/data/PG_VERSION')[0] ?? '';
  writeFileSync(file, '17\n');
  expect((await call('backups.prove', { ...store, id: 'tampered' })).proof).toMatchObject({
    result: 'not-restorable',
    detail: 'PG_VERSION of backup tampered is not what was written',
  });
});

test('all databases are lost: everything up to the last archived position comes back, and a standby follows', async () => {
  for (let seq = 10; seq < 40; seq += 1) expect(await write(seq)).toBe(201);
  await until('the writes are archived', async () => (await call('backups.list', store)).archive?.lossMs === 0, 30_000);
  const before = await sql<{ seq: number }>('select seq::int from meridian_probe_writes order by seq');
  await expect(restore(PRIMARY, 10)).rejects.toThrow(/lives in .*: promote it/);
  for (const region of [PRIMARY, STANDBY]) {
    const fault = { kind: 'kill-database', region, store: store.store, comesBack: false } as const;
    await call('faults.inject', { ...scope, id: `lost-${region}`, fault });
    await call('data.fence', { ...store, region, epoch: 20 });
  }
  const startedMs = Date.now();
  const report = await restore(STANDBY, 20);
  expect(report).toMatchObject({ backup: 'first', timeline: 2, rows: before.length, notes: [] });
  expect(Date.now() - startedMs).toBeLessThan(30_000);
  // the answer was lost: it is given again, and nothing is restored over what may have been written since
  expect(await restore(STANDBY, 20)).toEqual(report);
  await call('data.rejoin', { ...store, region: PRIMARY, epoch: 25 });
  expect((await call('data.status', { ...store, region: PRIMARY })).role).toBe('standby');
  expect(await sql('select seq::int from meridian_probe_writes order by seq')).toEqual(before);
  expect(await read(STANDBY, 39)).toBe(200);
  const compared = await call('data.compare', { ...store, regions: [PRIMARY, STANDBY] });
  expect(compared).toMatchObject({ consistent: true, regions: [{ rows: before.length }, { rows: before.length }] });
  // the restored primary archives into another region than its own, and its first backup is as good as any
  expect(await call('backups.take', { ...store, id: 'second' })).toMatchObject({ from: STANDBY, keptIn: PRIMARY });
  expect((await call('backups.prove', { ...store, id: 'second' })).proof?.result).toBe('matches');
});

test('a damaged or missing segment is named, and what was proven is not pruned with its log', async () => {
  const { archive } = await call('backups.list', store);
  expect(archive?.breaks).toEqual([]);
  const segments = stored('.gz').filter((path) => /[0-9A-F]{24}\.gz$/.test(path) && statSync(path).size > 0);
  const newest = segments.at(-1) ?? '';
  const whole = readFileSync(newest);
  writeFileSync(newest, whole.subarray(0, whole.length - 20));
  expect((await call('backups.list', store)).archive?.breaks).toEqual([expect.stringMatching(/ is damaged$/)]);
  writeFileSync(newest, whole);
  const pruned = await call('backups.prune', { ...store, keep: 1, keepForMs: 0 });
  expect(pruned.backups.sort()).toEqual(['first', 'tampered']);
  expect(pruned.segments).toBeGreaterThan(0);
  const after = await call('backups.list', store);
  expect(after.backups.map(({ id }) => id)).toEqual(['second']);
  expect(after.archive?.breaks).toEqual([]);
  expect((await call('backups.prove', { ...store, id: 'second' })).proof?.result).toBe('matches');
});

test('time is turned back: what was written after it is gone, what was written before is there', async () => {
  const before = await sql<{ count: number }>('select count(*)::int from meridian_probe_writes');
  const at = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await until('a write is taken', async () => (await putIn(STANDBY, 100)) === 201);
  await call('backups.take', { ...store, id: 'third' });
  for (const region of [PRIMARY, STANDBY]) await call('data.fence', { ...store, region, epoch: 30 });
  // the region dies before its restored database serves: nobody else writes beside it, and asked again it goes on
  await call('faults.inject', { ...scope, id: 'dies', fault: { kind: 'kill-region', region: STANDBY } });
  await expect(restore(STANDBY, 30, { kind: 'time', at })).rejects.toThrow();
  await expect(call('data.rejoin', { ...store, region: PRIMARY, epoch: 30, asPrimary: true })).rejects.toThrow(
    `a restore of ${store.store} in ${STANDBY} has not ended`,
  );
  await call('faults.undo', { ...scope, id: 'dies' });
  const report = await restore(STANDBY, 30, { kind: 'time', at });
  expect(report).toMatchObject({ backup: 'second', rows: before[0]?.count, timeline: 3 });
  expect(await read(STANDBY, 100)).toBe(404);
  expect(await read(STANDBY, 39)).toBe(200);
});

test('a copy that was interrupted is never listed, and the next one is made as if it had not been', async () => {
  const taking = call('backups.take', { ...store, id: 'broken' });
  await until('the copy has begun', () => stored('.unfinished/data/PG_VERSION').length === 1);
  await call('faults.inject', { ...scope, id: 'kill', fault: { kind: 'kill-region', region: STANDBY } });
  await expect(taking).rejects.toThrow();
  expect((await call('backups.list', store)).backups.map(({ id }) => id)).not.toContain('broken');
  await call('faults.undo', { ...scope, id: 'kill' });
  await call('data.rejoin', { ...store, region: STANDBY, epoch: 40 });
  await call('backups.take', { ...store, id: 'broken' });
  expect((await call('backups.prove', { ...store, id: 'broken' })).proof?.result).toBe('matches');
  expect(stored('.unfinished/data/PG_VERSION')).toEqual([]);
});

const restore = (region: string, epoch: number, target: RecoveryTarget = { kind: 'latest' }) =>
  call('backups.restore', { ...store, region, epoch, target });
