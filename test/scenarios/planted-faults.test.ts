import type { DeploymentReport } from '../../contracts/report';
import { exampleRequest, type LocalMeridian, startLocalMeridian } from '../support/local-meridian';

/** What goes wrong on purpose must be found: none of these may end promoted. One environment, one fault after the other. */
let local: LocalMeridian;
beforeAll(async () => {
  local = await startLocalMeridian();
});
afterAll(() => local.stop());

const stacksOf = (report: DeploymentReport) =>
  local.lab.call('stacks.list', {
    account: report.request.account,
    application: report.request.application,
    environment: report.request.environment,
  });

async function expectDark(report: DeploymentReport): Promise<void> {
  expect(await local.lab.call('traffic.resolve', { hostname: report.request.hostname })).toEqual({ regions: [] });
}

it('takes back a canary whose service never becomes healthy, and makes no other region', async () => {
  const report = await local.deploy(await exampleRequest('faults/never-healthy.yaml'));
  expect(report.verdict).toBe('rolled-back');
  expect(report.failure).toMatchObject({ step: 'regions', region: 'ap-southeast-1', type: 'Platform.StackFailed' });
  expect(report.failure?.message).toMatch(/0 of 1 tasks healthy/);
  expect(report.undone).toEqual(['ap-southeast-1/base: deleted']);
  expect(report.leftovers).toEqual([]);
  expect(await stacksOf(report)).toEqual([]);
});

it('takes back a canary that turns sick during its bake', async () => {
  const report = await local.deploy(await exampleRequest('faults/sick-after-8s.yaml'));
  expect(report.verdict).toBe('rolled-back');
  expect(report.failure).toMatchObject({ type: 'Region.SickDuringBake', region: 'ap-southeast-1', resource: 'api' });
  expect(await stacksOf(report)).toEqual([]);
});

it('blocks the promotion of an application that acknowledges writes before they are committed', async () => {
  const request = await exampleRequest('faults/acks-before-commit.yaml');
  const report = await local.deploy(request);
  expect(report.verdict).toBe('blocked');
  expect(report.drill?.passed).toBe(false);
  expect(report.drill?.acknowledgedWritesLost).toBeGreaterThan(0);
  expect(report.failure?.message).toMatch(/they were never durable/);
  expect(report.leftovers.length).toBeGreaterThan(0);
  await expectDark(report);
  expect((await local.retire(request)).leftovers).toEqual([]);
  expect(await stacksOf(report)).toEqual([]);
});

it('serves nobody when a replica does not replicate', async () => {
  await local.lab.call('faults.plant', { kind: 'pause-replay', region: 'ap-southeast-1' });
  const request = await exampleRequest('three-regions.yaml', {
    application: 'stalled',
    hostname: 'stalled.example.com',
  });
  const report = await local.deploy(request);
  expect(report.verdict).toBe('failed');
  expect(report.failure?.step).toBe('replication');
  expect(report.failure?.message).toMatch(/ap-southeast-1/);
  await expectDark(report);
  await local.retire(request);
});

it('takes back a region that cannot be applied and keeps the others dark', async () => {
  await local.lab.call('faults.plant', { kind: 'refuse-apply', region: 'eu-west-1', stack: 'base' });
  const request = await exampleRequest('three-regions.yaml', {
    application: 'refused',
    hostname: 'refused.example.com',
  });
  const report = await local.deploy(request);
  expect(report.verdict).toBe('rolled-back');
  expect(report.failure).toMatchObject({ region: 'eu-west-1', type: 'Platform.StackFailed' });
  const regions = (await stacksOf(report)).map(({ ref }) => ref.region);
  expect(regions).not.toContain('eu-west-1');
  expect(report.leftovers.map(({ ref }) => ref.region).sort()).toEqual([...regions].sort());
  await expectDark(report);
});
