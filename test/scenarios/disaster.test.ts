import { Client } from 'pg';
import { readBackups, takeBackups } from '../../clients/backups';
import { operateOn } from '../../clients/live-operations';
import type { OperationReport } from '../../contracts/operation-report';
import type { DeploymentRequest } from '../../contracts/request';
import { exampleRequest, type LocalMeridian, startLocalMeridian } from '../support/local-meridian';

let local: LocalMeridian;
let request: DeploymentRequest;
beforeAll(async () => {
  local = await startLocalMeridian();
  request = await exampleRequest('failover-pair.yaml');
});
afterAll(() => local?.stop());

const BEFORE_BACKUP = 2_000;
/** in the archived log only, not in the copy */
const AFTER_BACKUP = 500;

async function query<Row extends object>(store: string, region: string, sql: string): Promise<Row[]> {
  const { application, environment, account } = request;
  const place = { account, application, environment, store, region };
  const { caCertificate, ...access } = await local.lab.call('data.connection', place);
  const client = new Client({ ...access, ssl: { ca: caCertificate } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** How many rows a region holds of those that the test wrote, and what is in them. */
async function ledger(store: string, region: string): Promise<{ rows: number; digest: string }> {
  const sql = `select count(*)::int as rows, md5(string_agg(id || entry, ',' order by id)) as digest from ledger`;
  const [found] = await query<{ rows: number; digest: string }>(store, region, sql);
  if (!found) throw new Error(`${region} does not count`);
  return found;
}

const write = (store: string, region: string, from: number, count: number) =>
  query(
    store,
    region,
    `create table if not exists ledger (id int primary key, entry text not null);
     insert into ledger select n, md5('entry ' || n) from generate_series(${from}, ${from + count - 1}) as n`,
  );

/** Nothing that was written waits to be archived: a loss of everything now loses nothing. */
async function allArchived(): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    const { chains } = await readBackups(local.meridian, request);
    if (chains.every(({ archive }) => archive?.lossMs === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the log is not archived');
}

test('all databases of a live deployment lose their disks: a proven backup and the archived log bring the rows back', async () => {
  const { application, environment, account } = request;
  const deployed = await local.deploy(request);
  expect(deployed.verdict).toBe('promoted');
  const regions = deployed.topology?.regions.map(({ region }) => region) ?? [];
  const [primary = '', standby = ''] = regions;
  const names = request.dataStores.filter(({ engine }) => engine === 'postgresql').map(({ name }) => name);
  for (const store of names) await write(store, primary, 1, BEFORE_BACKUP);
  const { workflowId } = await takeBackups(local.meridian, { application, environment });
  await local.meridian.client.workflow.getHandle(workflowId).result();
  const { chains, findings } = await readBackups(local.meridian, { application, environment });
  expect(findings).toEqual([]);
  expect(chains.length).toBeGreaterThan(0);
  expect(chains.map(({ store }) => store).sort()).toEqual([...names].sort());
  for (const store of names) await write(store, primary, 1 + BEFORE_BACKUP, AFTER_BACKUP);
  const written = new Map<string, Awaited<ReturnType<typeof ledger>>>();
  for (const store of names) written.set(store, await ledger(store, primary));
  for (const { rows } of written.values()) expect(rows).toBe(BEFORE_BACKUP + AFTER_BACKUP);
  await allArchived();
  const scope = { account, application, environment };
  for (const { store, backups } of chains) {
    expect(backups[0]?.proof?.result).toBe('matches');
    for (const region of regions) {
      const fault = { kind: 'kill-database', region, store, comesBack: false } as const;
      await local.lab.call('faults.inject', { ...scope, id: `lost-${store}-${region}`, fault });
    }
  }
  const asked = { kind: 'restore', region: standby, target: { kind: 'latest' }, requester: 'ada' } as const;
  const operation = await operateOn(local.meridian, { application, environment }, asked);
  const report: OperationReport = await local.meridian.client.workflow.getHandle(operation.workflowId).result();
  expect(report).toMatchObject({ outcome: 'done', left: [], after: { primary: standby, deployment: 'live' } });
  const seen = report.evidence.map(({ measured }) => measured).join('\n');
  expect(seen).toMatch(/recovered [\d.]+ s after .*writes lost: at most/);
  expect(report.receipts).toHaveLength(chains.length * regions.length);
  for (const { store } of chains) {
    const compared = await local.lab.call('data.compare', { ...scope, store, regions });
    expect(compared.consistent).toBe(true);
    for (const region of regions) expect(await ledger(store, region)).toEqual(written.get(store));
  }
  expect(primary).not.toBe(standby);
});
