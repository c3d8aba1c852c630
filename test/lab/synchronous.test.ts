import { regionRttMs } from '../../catalog/latency';
import { writePath } from '../../contracts/probe-contract';
import { startTestLab, stopTestLabs, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, SYNCHRONOUS, scope, store } from './sample-deployment';

const rttMs = regionRttMs(PRIMARY, FAR);
let lab: TestLab;

beforeAll(async () => {
  lab = await startTestLab();
  const deployment = new SampleDeployment(lab.daemon, { regions: [PRIMARY, FAR], mode: SYNCHRONOUS });
  await deployment.applyAll('base', 'connectivity', 'data');
  await until('commits wait for the standby', async () => {
    // several in a row: one may be slow for another reason
    const times = [await timedWrite(1), await timedWrite(1), await timedWrite(1)];
    return times.every(({ status, ms }) => status === 201 && ms > rttMs);
  });
});
afterAll(stopTestLabs);

async function timedWrite(seq: number): Promise<{ status: number; ms: number }> {
  const startedAt = performance.now();
  const { status } = await lab.askRegion(PRIMARY, 'PUT', writePath('sync', seq));
  return { status, ms: performance.now() - startedAt };
}

test('a synchronous commit costs the round trip to the standby', async () => {
  const times = [await timedWrite(2), await timedWrite(3), await timedWrite(4)];
  expect(times.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(Math.min(...times.map(({ ms }) => ms))).toBeGreaterThan(rttMs);
});

test('an acknowledged write is on the standby already when the primary dies', async () => {
  await Promise.all([5, 6, 7, 8].map(timedWrite));
  await lab.daemon.call('faults.inject', { ...scope, id: 'dead', fault: { kind: 'kill-region', region: PRIMARY } });
  await lab.daemon.call('data.fence', { ...store, region: PRIMARY, epoch: 2 });
  await lab.daemon.call('data.promote', { ...store, region: FAR, expectedPrimary: PRIMARY, epoch: 2 });
  const compared = await lab.daemon.call('data.compare', { ...store, regions: [FAR] });
  expect(compared.regions).toEqual([{ region: FAR, rows: 8, digest: expect.any(String) }]);
});
