import { planDeployment } from '../../clients/operations';
import { type LedgerEntry, TOKEN_LIMIT_TOTAL, TOKEN_LIMITS } from '../../contracts/ledger';
import type { DeploymentReport } from '../../contracts/report';
import { exampleRequest, type LocalMeridian, pause, startLocalMeridian } from '../support/local-meridian';
import { askingAgent, GOOD_ANSWERS, goodAnswer } from '../support/scripted-answers';
import { type ScriptedModelServer, type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';

let local: LocalMeridian;
let server: ScriptedModelServer;
/** What the model says first; afterwards it is a good one. */
const script: ScriptStep[] = [];

beforeAll(async () => {
  const next: ScriptStep = (request) => {
    const step = script.shift() ?? goodAnswer;
    return typeof step === 'function' ? step(request) : step;
  };
  server = await startScriptedModelServer(Array.from({ length: 80 }, () => next));
  local = await startLocalMeridian({ ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: server.url });
});
afterAll(async () => {
  await local.stop();
  await server.stop();
});
beforeEach(() => {
  script.length = 0;
  server.requests.length = 0;
});

/** The ledger is what was sent: entry by entry the same `max_tokens`, and no step could have passed its limit. */
function expectWithinLimits({ ledger }: Pick<DeploymentReport, 'ledger'>): void {
  expect(ledger.entries.map(({ maxTokens }) => maxTokens)).toEqual(server.requests.map(({ body }) => body.max_tokens));
  const worst = (entries: LedgerEntry[]) =>
    entries.reduce((sum, { estimatedInput, maxTokens }) => sum + estimatedInput + maxTokens, 0);
  for (const { account } of ledger.accounts) {
    const mine = ledger.entries.filter((entry) => entry.account === account);
    expect(worst(mine)).toBeLessThanOrEqual(TOKEN_LIMITS[account]);
  }
  expect(worst(ledger.entries)).toBeLessThanOrEqual(TOKEN_LIMIT_TOTAL);
}

it('carries the three-region example to its proof with every step decided by the model, within every limit', async () => {
  const report = await local.deploy(await exampleRequest('three-regions.yaml'));
  expect(report.failure).toBeUndefined();
  expect(report.verdict).toBe('promoted');
  const byModel = report.decisions.filter(({ decidedBy }) => decidedBy === 'model');
  expect([...new Set(byModel.map(({ step }) => step))].sort()).toEqual([
    'regions',
    'replication',
    'topology',
    'validation',
  ]);
  expect(report.decisions).toEqual(byModel);
  expect(server.requests.map(({ body }) => askingAgent(body))).toEqual([
    'topology',
    'replication',
    'regions',
    'validation',
  ]);
  // what was decided is what was done
  expect(report.plan?.rollout.waves.map(({ regions }) => regions[0])).toEqual([
    'eu-west-1',
    'ap-southeast-1',
    'us-east-1',
  ]);
  expect(report.plan?.rollout.waves[0]?.bakeSeconds).toBe(5);
  expect(report.plan?.replication.stores[0]?.lagThresholdMs).toBe(2_000);
  expectWithinLimits(report);
  expect(report.ledger.used).toBeGreaterThan(0);
  expect(report.ledger.usd).toBeGreaterThan(0);
});

it('keeps what was decided when the same request comes again, and asks nobody', async () => {
  const report = await local.deploy(await exampleRequest('three-regions.yaml'));
  expect(report.summary).toContain('nothing to do');
  expect(server.requests).toEqual([]);
});

it('charges a turn in full whose worker is killed, asks nobody twice, and goes on with rules', async () => {
  const change = { application: 'killed-while-asked', hostname: 'killed.example.com' };
  const request = await exampleRequest('three-regions.yaml', change);
  script.push(goodAnswer, goodAnswer, { kind: 'hang' });
  const handle = await local.begin(request);
  while (server.requests.length < 3) await pause(50);
  await local.killWorker();
  const report: DeploymentReport = await handle.result();
  expect([report.verdict, report.failure?.message]).toEqual(['promoted', undefined]);
  const lost = report.ledger.entries.find(({ account }) => account === 'regions');
  expect(lost).toMatchObject({ outcome: 'unknown', inputTokens: lost?.estimatedInput, outputTokens: lost?.maxTokens });
  const rollout = report.decisions.find(({ about }) => about === 'rollout');
  expect(rollout).toMatchObject({ decidedBy: 'rules', reason: expect.stringContaining('outcome-unknown') });
  expect(server.requests.map(({ body }) => askingAgent(body))).toEqual([
    'topology',
    'replication',
    'regions',
    'validation',
  ]);
  expectWithinLimits(report);
});

describe('a model that does not help', () => {
  const plan = async () => {
    const request = await exampleRequest('three-regions.yaml', { application: 'planned-only' });
    return planDeployment(local.meridian, { request, requester: 'ada' });
  };
  const topology = (change: object): ScriptStep => ({
    kind: 'answer',
    answer: { ...GOOD_ANSWERS.topology, ...change },
  });
  const asked = (agent: string) => server.requests.filter(({ body }) => askingAgent(body) === agent);

  it('is corrected once, then overruled, when it names a region that was not asked for', async () => {
    const wrong = { groups: ['primary stockholm: cheap', 'standby ireland: near', 'standby singapore: local reads'] };
    script.push(topology(wrong), { kind: 'answer', answer: 'groups: primary stockholm: still cheap' });
    const { decisions, plan: made, ledger } = await plan();
    expect(decisions[0]).toMatchObject({ decidedBy: 'rules', reason: expect.stringMatching(/policy: .*stockholm/) });
    expect(made.topology.regions.map(({ region }) => region)).not.toContain('eu-north-1');
    expect([asked('topology').length, asked('repair').length]).toEqual([1, 1]);
    const spent = ledger.accounts.find(({ account }) => account === 'topology')?.used ?? 0;
    expect(spent).toBeLessThanOrEqual(TOKEN_LIMITS.topology);
  });

  it('is overruled when its answer is cut off, and what was cut off is paid for', async () => {
    script.push({ kind: 'truncated', text: '{"weigh":"c1 is bet' });
    const { decisions, ledger } = await plan();
    expect(decisions[0]).toMatchObject({ decidedBy: 'rules', reason: expect.stringContaining('truncated') });
    expect(ledger.entries[0]?.outputTokens).toBe(server.requests[0]?.body.max_tokens);
  });

  it('is overruled when it is down', async () => {
    script.push(...Array.from({ length: 20 }, (): ScriptStep => ({ kind: 'status', status: 529, retryAfter: '0' })));
    const { decisions, ledger } = await plan();
    for (const { decidedBy, about, reason } of decisions)
      if (!about.startsWith('replication of'))
        expect([decidedBy, reason]).toEqual(['rules', expect.stringContaining('unavailable')]);
    expect(ledger.used).toBe(0);
  });
});
