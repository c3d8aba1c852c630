import { readPath, writePath } from '../../contracts/probe-contract';
import { startTestLab, type TestLab, until } from './running-lab';
import { FAR, PRIMARY, SampleDeployment, STANDBY, scope, store } from './sample-deployment';

/** Deploy, fail over, deploy again: the templates say who was the primary, the lab knows who is. */
let lab: TestLab;
let first: SampleDeployment;
const HOSTNAME = 'preview-orders.example.com';

beforeAll(async () => {
  lab = await startTestLab();
  first = new SampleDeployment(lab.daemon);
  await first.applyAll('base', 'connectivity', 'data', 'preview');
});
afterAll(() => lab.stop());

const status = (region: string) => lab.daemon.call('data.status', { ...store, region });
const write = (region: string, seq: number) => lab.askRegion(region, 'PUT', writePath('test', seq));
const arrives = (region: string, seq: number) =>
  until(
    `write ${seq} in ${region}`,
    async () => (await lab.askRegion(region, 'GET', readPath('test', seq))).status === 200,
  );

async function failOver(): Promise<void> {
  await lab.daemon.call('data.fence', { ...store, region: PRIMARY, epoch: 2 });
  await lab.daemon.call('data.promote', { ...store, region: STANDBY, expectedPrimary: PRIMARY, epoch: 2 });
  await lab.daemon.call('traffic.shift', { ...scope, hostname: HOSTNAME, to: STANDBY, drain: [], epoch: 2 });
  await lab.daemon.call('data.rejoin', { ...store, region: PRIMARY, epoch: 2 });
}

test('a redeployment after a failover keeps every database, its data and its role, and adds a region to the new primary', async () => {
  await until('writes are taken', async () => (await write(PRIMARY, 1)).status === 201);
  await arrives(STANDBY, 1);
  await failOver();
  const again = new SampleDeployment(lab.daemon, {
    regions: [STANDBY, PRIMARY, FAR],
    tasks: 2,
    generation: 2,
    live: first,
  });
  await again.applyAll('base', 'connectivity', 'data', 'preview');
  expect(await status(STANDBY)).toMatchObject({ role: 'primary', timeline: 2 });
  expect(await status(PRIMARY)).toMatchObject({ role: 'standby' });
  expect(await status(FAR)).toMatchObject({ role: 'standby' });
  await until('writes through the former primary’s region', async () => (await write(PRIMARY, 2)).status === 201);
  await Promise.all([arrives(STANDBY, 2), arrives(PRIMARY, 2), arrives(FAR, 2), arrives(FAR, 1)]);
  const regions = [STANDBY, PRIMARY, FAR];
  expect(await lab.daemon.call('data.compare', { ...store, regions })).toMatchObject({ consistent: true });
});
