import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import { abortUpdate, decideApprovalUpdate, ledgerQuery, planQuery, progressQuery } from '../../contracts/messages';
import type { DeploymentReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import { deploymentWorkflowId, operationWorkflowId } from '../../contracts/workflow-ids';
import { PlatformError } from '../../platforms/platform-error';
import type { planDeployment } from '../../workflows';
import type { above } from '../support/above.workflow';
import { type FakeDeployments, fakeRequest, startFakeDeployments } from '../support/fake-deployments';
import { skipTime } from '../support/temporal-server';

const put = FileArtifactStore.prototype.put;
let fake: FakeDeployments;
beforeAll(async () => {
  fake = await startFakeDeployments();
});
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

const refused = (region: string) =>
  new PlatformError('Platform.StackFailed', 'no capacity for db.t4g.small', { region, resource: 'Database' });

describe('a first deployment', () => {
  it('goes through four steps and a drill to production traffic', async () => {
    const report = await (await fake.deploy()).result();
    expect(report.failure).toBeUndefined();
    expect(report.verdict).toBe('promoted');
    expect(report.steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'topology passed',
      'regions passed',
      'replication passed',
      'validation passed',
    ]);
    expect(report.drill).toMatchObject({ passed: true, region: report.topology?.primary });
    expect(report.checklist).toHaveLength(10);
    expect(report.ledger.used).toBe(0);
    expect(report.decisions.every(({ decidedBy }) => decidedBy === 'rules')).toBe(true);
    expect(report.timing.orchestrationMs).toBeGreaterThan(0);
    const record = await fake.records.load(report.request);
    expect(record).toMatchObject({ primary: report.topology?.primary, live: { generation: 1 }, epoch: 3 });
    expect(record.intents.every(({ state }) => state === 'done')).toBe(true);
  });

  it('brings up the canary before any other region, and production records last', async () => {
    const report = await (await fake.deploy()).result();
    const acts = fake.cloud.acts.filter((act) => act.startsWith('apply'));
    expect(acts[0]).toBe(`apply ${report.plan?.rollout.canary}/base`);
    expect(acts.at(-1)).toMatch(/\/global$/);
    expect(acts.filter((act) => act.endsWith('/data'))[0]).toBe(`apply ${report.topology?.primary}/data`);
  });

  it('takes back a region that cannot be applied and keeps the others dark', async () => {
    fake.cloud.script.push({
      call: 'apply',
      region: 'eu-west-1',
      kind: 'base',
      times: 99,
      error: refused('eu-west-1'),
    });
    const report = await (await fake.deploy()).result();
    expect(report.verdict).toBe('rolled-back');
    expect(report.failure).toMatchObject({
      step: 'regions',
      region: 'eu-west-1',
      message: 'no capacity for db.t4g.small',
    });
    expect(fake.cloud.regionsWith('base')).not.toContain('eu-west-1');
    expect(report.leftovers.every(({ ref }) => ref.region !== 'eu-west-1')).toBe(true);
    expect((await fake.records.load(report.request)).dark?.regions).toEqual(fake.cloud.regionsWith('base'));
  });

  it('takes back everything when the request says so', async () => {
    fake.cloud.script.push({
      call: 'apply',
      region: 'eu-west-1',
      kind: 'data',
      times: 99,
      error: refused('eu-west-1'),
    });
    const report = await (await fake.deploy({ rollout: { onFailure: 'rollback-all' } })).result();
    expect(report.verdict).toBe('rolled-back');
    expect([...fake.cloud.stacks.keys()]).toEqual([]);
    expect(report.leftovers).toEqual([]);
  });

  it('names what it could not take back', async () => {
    fake.cloud.script.push({ call: 'apply', kind: 'data', times: 99, error: refused('us-east-1') });
    fake.cloud.script.push({
      call: 'destroy',
      region: 'eu-west-1',
      times: 99,
      error: new PlatformError('Platform.Refused', 'still in use'),
    });
    const report = await (await fake.deploy({ rollout: { onFailure: 'rollback-all' } })).result();
    expect(report.leftovers.length).toBeGreaterThan(0);
    expect(report.leftovers.every(({ ref, why }) => ref.region === 'eu-west-1' && why.includes('still in use'))).toBe(
      true,
    );
    expect(fake.cloud.regionsWith('base')).toEqual(['eu-west-1']);
  });

  it('survives answers that are lost after the act, without acting twice', async () => {
    const lost = new PlatformError('Platform.Unavailable', 'connection reset');
    for (const call of ['apply', 'fence', 'promote', 'rejoin', 'shift', 'inject', 'undo']) {
      fake.cloud.script.push({ call, times: 1, error: lost, after: true });
    }
    const report = await (await fake.deploy()).result();
    expect(report.verdict).toBe('promoted');
    const applies = fake.cloud.acts.filter((act) => act.startsWith('apply'));
    expect(new Set(applies).size).toBe(applies.length);
  });

  it('takes back a canary that turns sick while it bakes', async () => {
    const handle = await fake.deploy({ rollout: { bakeSeconds: 20 } });
    // The first probe verifies the region, the others are votes of its bake.
    while ((fake.cloud.calls.get('probe') ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const [canary = ''] = fake.cloud.regionsWith('base');
    fake.cloud.sick.add(canary);
    const report = await handle.result();
    expect(report.verdict).toBe('rolled-back');
    expect(report.failure).toMatchObject({ type: 'Region.SickDuringBake', region: canary });
    expect([...fake.cloud.stacks.keys()]).toEqual([]);
  });

  it('serves nobody when a replica does not replicate', async () => {
    fake.cloud.lagging.add('ap-southeast-1');
    const report = await (await fake.deploy()).result();
    expect(report.verdict).toBe('failed');
    expect(report.failure).toMatchObject({
      type: 'Replication.Lagging',
      region: 'ap-southeast-1',
      step: 'replication',
    });
    expect(fake.cloud.regionsWith('global')).toEqual([]);
  }, 90_000);

  it('is blocked when an acknowledged write is missing that lag cannot explain', async () => {
    fake.cloud.loses.add(1);
    const report = await (await fake.deploy()).result();
    expect(report.verdict).toBe('blocked');
    expect(report.drill?.passed).toBe(false);
    expect(report.failure?.message).toMatch(/never durable/);
    expect(fake.cloud.regionsWith('global')).toEqual([]);
    expect(fake.cloud.killed.size).toBe(0);
  });

  it('takes production records back when the promotion fails half-way', async () => {
    const lost = new PlatformError('Platform.Refused', 'zone is locked');
    fake.cloud.script.push({ call: 'apply', kind: 'global', times: 1, error: lost, after: true });
    const report = await (await fake.deploy()).result();
    expect(report.verdict).toBe('blocked');
    expect(fake.cloud.regionsWith('global')).toEqual([]);
  });
});

describe('an approval', () => {
  it('is waited for, is shown with its plan, and lets the deployment go on', async () => {
    const handle = await fake.deploy({ rollout: { approval: 'plan' } });
    const approval = await waiting(handle);
    const plan = await handle.query(planQuery);
    expect(plan?.digest).toBe(approval.digest);
    expect(fake.cloud.acts).toEqual([]);
    const decision = { approvalId: approval.id, decision: 'approve' as const, by: 'grace' };
    await expect(
      handle.executeUpdate(decideApprovalUpdate, { args: [{ ...decision, digest: '0'.repeat(64) }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringMatching(/read the plan again/) } });
    await handle.executeUpdate(decideApprovalUpdate, { args: [{ ...decision, digest: approval.digest }] });
    const report = await handle.result();
    expect(report.verdict).toBe('promoted');
    expect(report.approvals).toMatchObject([{ gate: 'plan', state: 'approved', decidedBy: 'grace', verified: false }]);
  });

  it('that is refused ends the deployment before anything exists', async () => {
    const handle = await fake.deploy({ rollout: { approval: 'plan' } });
    const { id, digest } = await waiting(handle);
    await handle.executeUpdate(decideApprovalUpdate, {
      args: [{ approvalId: id, digest, decision: 'reject', by: 'grace', comment: 'too expensive' }],
    });
    const report = await handle.result();
    expect(report.verdict).toBe('failed');
    expect(report.failure).toMatchObject({
      type: 'Approval.Rejected',
      message: expect.stringMatching(/grace rejected .*too expensive/),
    });
    expect(fake.cloud.acts).toEqual([]);
  });
});

describe('planning', () => {
  const plan = (request: DeploymentRequest, n: number) =>
    fake.temporal.environment.client.workflow.execute<typeof planDeployment>('planDeployment', {
      workflowId: `plan/${request.application}/${n}`,
      taskQueue: fake.taskQueue,
      args: [{ request, requester: 'ada' }],
    });

  it('says of a production plan that nobody here could approve it', async () => {
    const { notApprovable } = await plan(fakeRequest({ environment: 'production' }), 1);
    expect(notApprovable).toMatch(/must be signed, and this worker knows no approver/);
  });

  it('touches nothing, and the same request gives the same bytes', async () => {
    const request = fakeRequest();
    const [first, second] = [await plan(request, 1), await plan(request, 2)];
    expect(first.notApprovable).toBeUndefined();
    expect(second.plan.digest).toBe(first.plan.digest);
    expect(second.plan.stacks.map(({ template }) => template.sha256)).toEqual(
      first.plan.stacks.map(({ template }) => template.sha256),
    );
    expect(first.plan.documents.map(({ name }) => name)).toEqual(['deploy.sh', 'wiring.json']);
    expect(fake.cloud.acts).toEqual([]);
    expect((await fake.records.load(request)).lastGeneration).toBe(0);
  });
});

describe('a production deployment', () => {
  it('says at once that nobody could approve it', async () => {
    const report = await (await fake.deploy({ environment: 'production' })).result();
    expect(report.failure).toMatchObject({ type: 'Plan.Blocked', message: expect.stringMatching(/must be signed/) });
    expect(fake.cloud.acts).toEqual([]);
  });
});

describe('a drill that breaks off', () => {
  it('puts the region back and says why it broke, not why cleaning up was hard', async () => {
    const refused = new PlatformError('Platform.Refused', 'no standby is close enough');
    fake.cloud.script.push({ call: 'promote', times: 1, error: refused });
    const report = await (await fake.deploy()).result();
    expect(report.verdict).toBe('blocked');
    expect(report.failure?.message).toBe('no standby is close enough');
    expect(fake.cloud.killed.size).toBe(0);
    // time was skipped meanwhile: a round of backups may have come after
    const acts = fake.cloud.acts.filter((act) => !/^(backup|prove) /.test(act));
    expect(acts.slice(-2)).toEqual(['undo fault', `rejoin ${report.topology?.primary}`]);
  });
});

describe('a region whose workflow is terminated', () => {
  it('is named as left over', async () => {
    const handle = await fake.deploy({ rollout: { bakeSeconds: 30 } });
    while (fake.cloud.regionsWith('base').length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const [region = ''] = fake.cloud.regionsWith('base');
    await fake.temporal.environment.client.workflow.getHandle(`${handle.workflowId}/${region}`).terminate('by hand');
    const report = await handle.result();
    expect(report.verdict).not.toBe('promoted');
    expect(report.leftovers).toMatchObject([
      { ref: { region, kind: 'base' }, why: expect.stringMatching(/without undoing/) },
    ]);
  });
});

describe('a report that cannot be written', () => {
  it('changes nothing about what was done', async () => {
    const write = jest.spyOn(FileArtifactStore.prototype, 'put').mockImplementation(async (_content, extension) => {
      if (extension === 'html') throw new Error('disk full');
      return put.call(new FileArtifactStore(`${fake.home}/artifacts`), _content, extension);
    });
    const report = await (await fake.deploy()).result();
    write.mockRestore();
    expect(report.verdict).toBe('promoted');
    expect(fake.cloud.regionsWith('global')).toHaveLength(1);
  });
});

describe('stopping a deployment', () => {
  it('undoes what was done', async () => {
    const handle = await fake.deploy({ rollout: { bakeSeconds: 30 } });
    while (fake.cloud.regionsWith('base').length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await handle.executeUpdate(abortUpdate, { args: [{ by: 'grace', reason: 'wrong image' }] });
    const report = await handle.result();
    expect(report.verdict).toBe('rolled-back');
    expect(report.failure?.message).toBe('grace stopped the deployment: wrong image');
    expect([...fake.cloud.stacks.keys()]).toEqual([]);
    expect((await handle.query(ledgerQuery)).limit).toBe(12_000);
  });
});

describe('retiring', () => {
  it('destroys everything, traffic first and networks last, and the next deployment has a new generation', async () => {
    const first = await (await fake.deploy({ application: 'retired', hostname: 'retired.example.com' })).result();
    const handle = await fake.begin({ kind: 'retire', requester: 'ada' }, first.request);
    await handle.result();
    const destroyed = fake.cloud.acts.filter((act) => act.startsWith('destroy'));
    expect(destroyed[0]).toMatch(/\/global$/);
    expect(destroyed.at(-1)).toBe(`destroy ${first.topology?.primary}/base`);
    expect([...fake.cloud.stacks.keys()]).toEqual([]);
    const again = await (await fake.deploy({ application: 'retired', hostname: 'retired.example.com' })).result();
    expect(again).toMatchObject({ verdict: 'promoted', generation: 3 });
  });
});

// Last: from here on every workflow that is started skips time, and approvals expire at once.
describe('an approval that nobody gives', () => {
  it('is a no after a day', async () => {
    skipTime(fake.temporal);
    const request = fakeRequest({ rollout: { approval: 'plan', approvalTimeoutSeconds: 86_400 } });
    const { client } = fake.temporal.environment;
    const type = 'deployMultiRegion';
    const workflowId = operationWorkflowId({ kind: 'deploy', ...request, generation: 1 });
    const report = (await client.workflow.execute<typeof above>('above', {
      workflowId: deploymentWorkflowId(request),
      taskQueue: fake.taskQueue,
      args: [{ type, workflowId, input: { request, requester: 'ada', generation: 1 } }],
    })) as DeploymentReport;
    expect(report.failure?.type).toBe('Approval.Expired');
    expect(report.approvals[0]?.state).toBe('expired');
    expect(fake.cloud.acts).toEqual([]);
  });
});

async function waiting(handle: Awaited<ReturnType<FakeDeployments['deploy']>>) {
  for (;;) {
    const { approval } = await handle.query(progressQuery, { sinceSeq: 0 }).catch(() => ({ approval: undefined }));
    if (approval?.state === 'waiting') return approval;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
