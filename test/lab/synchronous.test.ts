import { regionRttMs } from '../../catalog/latency';
import { writePath } from '../../contracts/probe-contract';
import { startTestLab, stopTestLabs, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, SYNCHRONOUS, scope, store } from './sample-deployment';

const rttMs = regionRttMs(PRIMARY, FAR);
let lab: TestLab;
let seq = 0;
let acknowledged = 0;

beforeAll(async () => {
  lab = await startTestLab();
  const deployment = new SampleDeployment(lab.daemon, { regions: [PRIMARY, FAR], mode: SYNCHRONOUS });
  await deployment.applyAll('base', 'connectivity', 'data');
  await until('commits wait for the standby', async () => {
    // several in a row: one may be slow for another reason
    const times = [await timedWrite(), await timedWrite(), await timedWrite()];
    return times.every(({ status, ms }) => status === 201 && ms > rttMs);
  });
});
afterAll(stopTestLabs);

async function timedWrite(): Promise<{ status: number; ms: number }> {
  const startedAt = performance.now();
  seq += 1;
  const { status } = await lab.askRegion(PRIMARY, 'PUT', writePath('sync', seq));
  if (status === 201) acknowledged += 1;
  return { status, ms: performance.now() - startedAt };
}

test('a synchronous commit costs the round trip to the standby', async () => {
  const times = [await timedWrite(), await timedWrite(), await timedWrite()];
  expect(times.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(Math.min(...times.map(({ ms }) => ms))).toBeGreaterThan(rttMs);
});

test('an acknowledged write is on the standby already when the primary dies', async () => {
  const writes = await Promise.all([timedWrite(), timedWrite(), timedWrite(), timedWrite()]);
  expect(writes.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  await lab.daemon.call('faults.inject', { ...scope, id: 'dead', fault: { kind: 'kill-region', region: PRIMARY } });
  await lab.daemon.call('data.fence', { ...store, region: PRIMARY, epoch: 2 });
  await lab.daemon.call('data.promote', { ...store, region: FAR, expectedPrimary: PRIMARY, epoch: 2 });
  const compared = await lab.daemon.call('data.compare', { ...store, regions: [FAR] });
  expect(compared.regions[0]?.rows).toBeGreaterThanOrEqual(acknowledged);
});
