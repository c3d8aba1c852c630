import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writePath } from '../../contracts/probe-contract';
import { DEFAULT_TIMING } from '../../failover/protocol/timing';
import { startTestLab, stopTestLabs, type TestLab, until } from './running-lab';
import { PRIMARY, SampleDeployment, STANDBY, store } from './sample-deployment';

/** One story on one deployment: each test starts from where the one before ended. */
const REGIONS = [PRIMARY, STANDBY];
const WITNESSES = ['witness-1', 'witness-2', 'witness-3'];
/** Longer than a primary goes on without a majority of the witnesses. */
const LEASE_IS_OVER_MS = DEFAULT_TIMING.leaseMs + 1_000;

let lab: TestLab;
let seq = 0;

beforeAll(async () => {
  lab = await startTestLab();
  await new SampleDeployment(lab.daemon, { regions: REGIONS }).applyAll('base', 'connectivity', 'data');
  await until('writes are taken', isWritten);
  await lab.daemon.call('data.automate', { ...store, chain: REGIONS, automation: 'automatic' });
}, 60_000);
afterAll(stopTestLabs);

async function isWritten(region = PRIMARY): Promise<boolean> {
  seq += 1;
  return (await lab.askRegion(region, 'PUT', writePath('test', seq))).status === 201;
}

/** Undefined while it does not run. */
async function pidOf(witness: string): Promise<number | undefined> {
  const { processes } = await lab.daemon.call('status', {});
  return processes.find(({ what }) => what === witness)?.pid;
}

async function signal(witness: string, name: NodeJS.Signals): Promise<number> {
  const pid = await pidOf(witness);
  if (pid === undefined) throw new Error(`${witness} does not run`);
  process.kill(pid, name);
  return pid;
}

const isBack = (witness: string, before: number) =>
  until(`${witness} is back`, async () => ![undefined, before].includes(await pidOf(witness)));

test('witnesses that die come back, and the primary keeps its lease', async () => {
  const { lease } = await lab.daemon.call('data.lease', store);
  for (const witness of WITNESSES) await isBack(witness, await signal(witness, 'SIGKILL'));
  await sleep(LEASE_IS_OVER_MS);
  await until('writes are taken', isWritten);
  expect((await lab.daemon.call('data.lease', store)).lease).toEqual(lease);
});

test('a witness that stands still holds up no fence and no promotion', async () => {
  const before = await signal('witness-2', 'SIGSTOP');
  await lab.daemon.call('data.fence', { ...store, region: PRIMARY, epoch: 5 });
  await lab.daemon.call('data.promote', { ...store, region: STANDBY, expectedPrimary: PRIMARY, epoch: 5 });
  await until('the new primary takes writes', () => isWritten(STANDBY));
  await isBack('witness-2', before);
  const takeovers = await lab.daemon.call('data.takeovers', { ...store, since: new Date(0).toISOString() });
  expect(takeovers).toEqual([]);
}, 30_000);

test('a witness that has lost what it promised does not come back', async () => {
  const pid = await signal('witness-3', 'SIGSTOP');
  const parent = join(lab.home, 'witnesses');
  for (const number of readdirSync(parent)) rmSync(join(parent, number, 'witness-3'), { recursive: true });
  process.kill(pid, 'SIGKILL');
  await sleep(LEASE_IS_OVER_MS);
  expect(await pidOf('witness-3')).toBeUndefined();
  expect(await isWritten(STANDBY)).toBe(true);
});
