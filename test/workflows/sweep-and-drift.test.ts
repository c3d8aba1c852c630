import type { MeridianClient } from '../../clients/connection';
import { detectDrift } from '../../clients/drift';
import { queryProgress } from '../../clients/observe';
import { pauseDeployment, resumeDeployment } from '../../clients/pause';
import { findOrphans, sweepOrphans } from '../../clients/sweep';
import { awaitResult } from '../../clients/watch-deployment';
import type { DeploymentRequest } from '../../contracts/request';
import type { StackKind, StackRef } from '../../contracts/stack';
import type { SweepResult } from '../../contracts/sweep';
import { type DeploymentKey, operationWorkflowId } from '../../contracts/workflow-ids';
import { PlatformError } from '../../platforms/platform-error';
import {
  type FakeDeployments,
  fakeRequest,
  type RequestChange,
  startFakeDeployments,
} from '../support/fake-deployments';

let fake: FakeDeployments;
let meridian: MeridianClient;
beforeAll(async () => {
  fake = await startFakeDeployments();
  const { client, namespace = 'default' } = fake.temporal.environment;
  const { address } = fake.temporal;
  meridian = { client, address, namespace, taskQueue: fake.taskQueue, webUiUrl: undefined };
});
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

const names = () => [...fake.cloud.stacks.values()].map(({ change }) => `${change.ref.region}/${change.ref.kind}`);
const nameOf = ({ region, kind }: StackRef) => `${region}/${kind}`;

const plannedSweep = (key: DeploymentKey) => findOrphans(meridian, { ...key, requester: 'ada' });

async function sweep({ application, environment }: DeploymentKey): Promise<SweepResult> {
  const { workflowId } = await sweepOrphans(meridian, { application, environment, requester: 'ada' });
  return awaitResult(meridian, workflowId);
}

/** A deployment whose workflow, and that of its region, end by force while the canary bakes. */
async function terminated(change: RequestChange = {}) {
  const handle = await fake.deploy({ ...change, rollout: { bakeSeconds: 60 } });
  while (fake.cloud.regionsWith('base').length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const [region = ''] = fake.cloud.regionsWith('base');
  const { workflow } = fake.temporal.environment.client;
  await handle.terminate('by hand');
  await workflow.getHandle(`${handle.workflowId}/${region}`).terminate('by hand');
  return region;
}

/** A stack that carries the deployment's tag although no generation ever meant to make it. */
function byHand({ application, environment }: DeploymentRequest, kind: StackKind): StackRef {
  const ref: StackRef = { account: 'default', region: 'sa-east-1', kind, name: `${application}-handmade` };
  const tags = {
    'meridian:application': application,
    'meridian:environment': environment,
    'meridian:generation': '1',
  };
  fake.cloud.stacks.set(`default/sa-east-1/${ref.name}`, {
    change: { ref, template: '{"Resources":{}}', parameters: {}, tags, token: 'by-hand' },
    description: { ref, status: 'ready', outputs: {}, parameters: {}, tags },
  });
  return ref;
}

describe('sweeping', () => {
  it('destroys what a terminated deployment left; what fails is told, stays an orphan and is taken the next time', async () => {
    const request = { application: 'swept', hostname: 'swept.example.com' };
    const region = await terminated(request);
    const target = fakeRequest(request);
    const planned = await plannedSweep(target);
    expect(planned).toMatchObject({ dryRun: true, destroyed: [], orphans: [{ ref: { region }, generation: 1 }] });
    expect(names()).toEqual([`${region}/base`]);
    const error = new PlatformError('Platform.StackFailed', 'Bucket is not empty');
    fake.cloud.script.push({ call: 'destroy', times: 1, error });
    expect(await sweep(target)).toMatchObject({ destroyed: [], failed: [{ why: 'Bucket is not empty' }] });
    const result = await sweep(target);
    expect(result.destroyed.map(nameOf)).toEqual([`${region}/base`]);
    expect(names()).toEqual([]);
    expect(await fake.records.load(target)).not.toHaveProperty('place');
    expect(await sweep(target)).toMatchObject({ orphans: [], left: [], live: 0 });
  });

  it('touches nothing while the deployment runs, paused or not', async () => {
    const handle = await fake.deploy({
      application: 'busy',
      hostname: 'busy.example.com',
      rollout: { bakeSeconds: 60 },
    });
    while (fake.cloud.regionsWith('base').length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const result = await plannedSweep(fakeRequest({ application: 'busy' }));
    expect(result).toMatchObject({ orphans: [], destroyed: [] });
    expect(result.left[0]?.why).toBe(
      `${operationWorkflowId({ kind: 'deploy', application: 'busy', environment: 'staging', generation: 1 })} still runs`,
    );
    await pauseDeployment(meridian, handle.workflowId, { by: 'grace', reason: 'look first' });
    const { paused } = await queryProgress(meridian, handle.workflowId);
    expect(paused).toMatchObject({ by: 'grace', reason: 'look first' });
    await resumeDeployment(meridian, handle.workflowId, { by: 'grace' });
    await expect(resumeDeployment(meridian, handle.workflowId, { by: 'grace' })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('not paused'),
    });
    await expect(pauseDeployment(meridian, 'retire/orders/staging/1', { by: 'x', reason: '' })).rejects.toMatchObject({
      code: 'bad-input',
    });
    await handle.terminate('end of the test');
  });

  it('leaves dark regions until their time is over, then destroys them data before networks', async () => {
    fake.cloud.script.push({
      call: 'apply',
      kind: 'preview',
      times: 99,
      error: new PlatformError('Platform.StackFailed', 'no'),
    });
    const { request, verdict } = await (await fake.deploy()).result();
    expect(verdict).not.toBe('promoted');
    const kept = names().length;
    expect(kept).toBeGreaterThan(3);
    expect(await sweep(request)).toMatchObject({
      orphans: [],
      left: expect.arrayContaining([expect.objectContaining({ why: expect.stringMatching(/^kept dark until/) })]),
    });
    const record = await fake.records.load(request);
    await fake.records.save({ ...record, dark: { ...record.dark!, expiresAt: '2020-01-01T00:00:00.000Z' } });
    fake.cloud.acts.length = 0;
    const result = await sweep(request);
    expect(result.destroyed).toHaveLength(kept);
    expect(names()).toEqual([]);
    const kinds = fake.cloud.acts.filter((act) => act.startsWith('destroy')).map((act) => act.split('/')[1]);
    expect(kinds).toEqual(
      [...kinds].sort(
        (a, b) => ['data', 'connectivity', 'base'].indexOf(a!) - ['data', 'connectivity', 'base'].indexOf(b!),
      ),
    );
    const after = await fake.records.load(request);
    expect([after.dark, after.primary, after.place]).toEqual([undefined, undefined, undefined]);
  });
});

describe('drift', () => {
  it('is put back when asked to, told per stack with what is missing and what nobody knows, and no matter of sweeping', async () => {
    const { request, plan, verdict } = await (await fake.deploy()).result();
    expect(verdict).toBe('promoted');
    expect((await detectDrift(meridian, request)).stacks.every(({ kind }) => kind === 'same')).toBe(true);
    const [first, second, third] = plan!.stacks.map(({ ref }) => ref);
    const drifted = [
      {
        resource: 'LoadBalancer',
        type: 'T',
        kind: 'changed' as const,
        differences: [{ path: 'IdleTimeout', expected: '60', actual: '4000' }],
      },
    ];
    fake.cloud.drift.set(`${first!.region}/${first!.kind}`, drifted);
    const put = await fake.begin({ kind: 'deploy', request, requester: 'ada', revertDrift: true }, request);
    const reverted = await put.result();
    expect(reverted.failure).toBeUndefined();
    expect(reverted.plan?.changes.flatMap(({ changes }) => changes)).toEqual([
      { action: 'change', resource: 'LoadBalancer', type: 'T', properties: ['IdleTimeout'] },
    ]);
    expect(fake.cloud.drift.size).toBe(0);
    fake.cloud.drift.set(`${first!.region}/${first!.kind}`, drifted);
    fake.cloud.stacks.delete(`${second!.account}/${second!.region}/${second!.name}`);
    fake.cloud.script.push({
      call: 'drift',
      region: third!.region,
      kind: third!.kind,
      times: 1,
      error: new PlatformError('Platform.Refused', 'drift of this type cannot be told'),
    });
    const ref = byHand(request, 'data');
    const report = await detectDrift(meridian, request);
    const byName = new Map(report.stacks.map((stack) => [nameOf(stack.ref), stack]));
    expect(report.generation).toBe(2);
    expect(report.stacks).toHaveLength(plan!.stacks.length);
    expect(byName.get(nameOf(first!))).toEqual({ ref: first, kind: 'drifted', drifted });
    expect(byName.get(nameOf(second!))).toEqual({ ref: second, kind: 'missing' });
    expect(byName.get(nameOf(third!))).toEqual({
      ref: third,
      kind: 'unknown',
      why: 'drift of this type cannot be told',
    });
    expect(report.others).toEqual([{ ref, why: expect.stringContaining('somebody else made it') }]);
    expect(await sweep(request)).toMatchObject({
      orphans: [],
      destroyed: [],
      live: plan!.stacks.length - 1,
      left: [{ ref, why: expect.stringContaining('no intent') }],
    });
  }, 150_000);

  it('of what never was deployed is an error: a mistyped name is no deployment without drift', async () => {
    await expect(detectDrift(meridian, fakeRequest())).rejects.toMatchObject({ code: 'not-found' });
  });
});
