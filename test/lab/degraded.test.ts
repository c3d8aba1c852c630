import { setTimeout as sleep } from 'node:timers/promises';
import { regionRttMs } from '../../catalog/latency';
import { writePath } from '../../contracts/probe-contract';
import { startTestLab, stopTestLabs, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, STANDBY, SYNCHRONOUS, scope, store } from './sample-deployment';

/** Far longer than any round trip: what is not acknowledged by then waits for a standby. */
const WAITS_MS = 3_000;

let lab: TestLab;
let blocking: SampleDeployment;
let seq = 0;

beforeAll(async () => {
  lab = await startTestLab();
  const regions = [PRIMARY, STANDBY, FAR];
  blocking = new SampleDeployment(lab.daemon, {
    ...{ regions, readers: [FAR], mode: { ...SYNCHRONOUS, whenDegraded: 'block' } },
  });
  await blocking.applyAll('base', 'connectivity', 'data');
  await until('commits wait for the standby', waitForStandby, 20_000);
});
afterAll(stopTestLabs);

async function timedWrite(): Promise<{ status: number; ms: number }> {
  const startedAt = performance.now();
  seq += 1;
  const { status } = await lab.askRegion(PRIMARY, 'PUT', writePath('degraded', seq));
  return { status, ms: performance.now() - startedAt };
}

function loseStandby(id: string): Promise<unknown> {
  return lab.daemon.call('faults.inject', { ...scope, id, fault: { kind: 'kill-region', region: STANDBY } });
}

async function standbyReturns(id: string): Promise<void> {
  await lab.daemon.call('faults.undo', { ...scope, id });
  await lab.daemon.call('data.rejoin', { ...store, region: STANDBY, epoch: 1 });
}

/** Several in a row: one may be slow for another reason. */
async function waitForStandby(): Promise<boolean> {
  const times = [await timedWrite(), await timedWrite(), await timedWrite()];
  return times.every(({ status, ms }) => status === 201 && ms > regionRttMs(PRIMARY, STANDBY));
}

const isAcknowledged = async () => (await timedWrite()).status === 201;

test('a region that only reads is not waited for', async () => {
  const times = [await timedWrite(), await timedWrite(), await timedWrite()];
  expect(times.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(Math.min(...times.map(({ ms }) => ms))).toBeLessThan(regionRttMs(PRIMARY, FAR));
});

test('block: without its standby a write is not acknowledged, however well the reader is; with it, it is', async () => {
  await loseStandby('blocked');
  const first = timedWrite();
  const outcome = await Promise.race([first, sleep(WAITS_MS, undefined)]);
  expect(outcome?.status).not.toBe(201);
  expect((await first).status).not.toBe(201);
  await standbyReturns('blocked');
  await until('writes are acknowledged again', isAcknowledged, 20_000);
});

test('continue: a change of the template is enough for writes to go on alone, and to wait again once they can', async () => {
  const continuing = new SampleDeployment(lab.daemon, {
    ...{ regions: [PRIMARY, STANDBY, FAR], readers: [FAR], mode: SYNCHRONOUS, live: blocking, generation: 2 },
  });
  await continuing.applyAll('data');
  await loseStandby('alone');
  await until('writes are acknowledged alone', isAcknowledged, 20_000);
  await standbyReturns('alone');
  await until('commits wait for the standby again', waitForStandby, 20_000);
});
