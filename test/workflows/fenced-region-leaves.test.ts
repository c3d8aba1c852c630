import type { DeploymentRequest } from '../../contracts/request';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';

jest.setTimeout(180_000);

let fake: FakeDeployments;
let live: LiveFake;
beforeAll(async () => {
  fake = await startFakeDeployments();
  live = await goLive(fake, { platform: 'aws', recovery: { rtoSeconds: 3_600, rpoSeconds: 3_600 } });
});
afterAll(() => fake.stop());

const deploy = async (request: DeploymentRequest) =>
  (await fake.begin({ kind: 'deploy', request, requester: 'ada' }, request)).result();

test('where a replaced primary cannot rejoin, its region leaves the deployment and comes again as a standby', async () => {
  const { request, primary, others } = live;
  const promoted = await live.ask({ kind: 'promote-region', region: others[0], reason: `${primary} is lost` });
  expect(promoted).toMatchObject({ outcome: 'done' });
  expect(promoted.next.join()).not.toContain('meridian rejoin');
  expect(promoted.next).toContain(`meridian deploy request.yaml # without ${primary}, then with it again`);
  const images = request.services.map((service) => ({ ...service, image: `${service.image}-next` }));
  const kept = await deploy({ ...request, services: images });
  expect(kept).toMatchObject({ verdict: 'failed', failure: { type: 'Plan.Blocked' } });
  expect(kept.summary).toContain(`regions.excluded: [${primary}]`);
  const regions = { ...request.regions, excluded: [primary], wanted: [...others] };
  expect(await deploy({ ...request, regions })).toMatchObject({ verdict: 'promoted' });
  expect(await live.record()).toMatchObject({ primary: others[0], fenced: [] });
  expect(fake.cloud.databases.has(primary)).toBe(false);
  const back = await deploy({
    ...request,
    regions: { ...request.regions, excluded: [], wanted: [primary, ...others] },
  });
  expect(back).toMatchObject({ verdict: 'promoted' });
  expect(fake.cloud.databases.get(primary)).toMatchObject({ role: 'standby', fenced: false });
  expect(await live.record()).toMatchObject({ primary: others[0], fenced: [], drained: [] });
});
