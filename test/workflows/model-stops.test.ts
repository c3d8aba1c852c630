import { createAnthropicModel } from '../../agents/models/anthropic-model';
import type { Approval } from '../../contracts/approval';
import { decideApprovalUpdate, progressQuery } from '../../contracts/messages';
import type { Progress } from '../../contracts/progress';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { askingAgent, followingAnswer } from '../support/scripted-answers';
import { type ScriptedModelServer, startScriptedModelServer } from '../support/scripted-model-server';

let fake: FakeDeployments;
let server: ScriptedModelServer;
let down: string[] = [];

beforeAll(async () => {
  server = await startScriptedModelServer(
    Array.from({ length: 100 }, () => (request) => {
      const isDown = down.includes(askingAgent(request.body));
      return isDown ? { kind: 'status', status: 401, message: 'no such key' } : followingAnswer(request);
    }),
  );
  const model = createAnthropicModel({ model: 'claude-sonnet-5-5', apiKey: 'k', baseUrl: server.url });
  fake = await startFakeDeployments({ model, onModelFailure: 'stop' });
});
afterAll(async () => {
  await fake?.stop();
  await server?.stop();
});
beforeEach(() => {
  fake.reset();
  server.requests.length = 0;
});

type Deployment = Awaited<ReturnType<FakeDeployments['deploy']>>;

async function question(handle: Deployment): Promise<Approval> {
  for (;;) {
    const progress: Progress = await handle.query(progressQuery, { sinceSeq: 0 });
    if (progress.approval?.state === 'waiting') return progress.approval;
    if (progress.verdict) throw new Error(`ended ${progress.verdict} without a question`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function decide(handle: Deployment, { id, digest }: Approval, decision: 'approve' | 'reject'): Promise<void> {
  await handle.executeUpdate(decideApprovalUpdate, { args: [{ approvalId: id, digest, decision, by: 'grace' }] });
}

describe('a model that must not be replaced by rules unasked', () => {
  it('makes the deployment ask a person, and rules decide when that person says so', async () => {
    down = ['topology', 'regions'];
    const handle = await fake.deploy();
    const asked = await question(handle);
    expect(asked).toMatchObject({ id: 'rules-topology', gate: 'decision' });
    expect(asked.summary).toMatch(
      /letting rules decide for the .*misconfigured: .*no such key.* They would take: c1 ranks/,
    );
    expect(fake.cloud.stacks.size).toBe(0);
    await decide(handle, asked, 'approve');
    const report = await handle.result();
    expect(report.verdict).toBe('promoted');
    expect(report.approvals.filter(({ gate }) => gate === 'decision').map(({ decidedBy }) => decidedBy)).toEqual([
      'grace',
    ]);
    const by = Object.fromEntries(report.decisions.map(({ about, decidedBy }) => [about, decidedBy]));
    expect(by).toMatchObject({ topology: 'rules', replication: 'model', rollout: 'rules', validation: 'model' });
  });

  it('ends without having touched anything when that person says no', async () => {
    down = ['topology'];
    const handle = await fake.deploy();
    await decide(handle, await question(handle), 'reject');
    const report = await handle.result();
    expect(report).toMatchObject({ verdict: 'failed', failure: { type: 'Approval.Rejected', step: 'topology' } });
    expect(fake.cloud.stacks.size).toBe(0);
  });

  it('never waits for an explanation', async () => {
    down = ['validation'];
    const report = await (await fake.deploy()).result();
    expect(report.verdict).toBe('promoted');
    expect(report.approvals.filter(({ state }) => state !== 'not-required')).toEqual([]);
  });
});
