import { planDeployment } from '../../clients/operations';
import { TOKEN_LIMITS } from '../../contracts/ledger';
import { exampleRequest, type LocalMeridian, startLocalMeridian } from '../support/local-meridian';
import { type ScriptedModelServer, type ScriptStep, startScriptedModelServer } from '../support/scripted-model-server';

const CHOICE = {
  weigh: 'c1 keeps 99 percent of users inside the objective and virginia is where orders are written',
  base: 'c1',
  mode: 'active-passive',
  groups: ['primary virginia: writes come from there', 'standby ireland: near', 'standby singapore: local reads'],
  routing: 'latency',
  edge: false,
  notes: ['not active-active: conflicts are not handled'],
};
const answer = (change: Partial<typeof CHOICE> = {}): ScriptStep => ({
  kind: 'answer',
  answer: { ...CHOICE, ...change },
});

let local: LocalMeridian;
let server: ScriptedModelServer;
/** What the model will say; each test puts its own replies in. */
const script: ScriptStep[] = [];

beforeAll(async () => {
  const next: ScriptStep = (request) => {
    const step = script.shift() ?? { kind: 'status', status: 500, message: 'the script ran out' };
    return typeof step === 'function' ? step(request) : step;
  };
  server = await startScriptedModelServer(Array.from({ length: 50 }, () => next));
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

it('carries a topology that the model chose to a proven deployment, within its tokens', async () => {
  script.push(answer());
  const report = await local.deploy(await exampleRequest('three-regions.yaml'));
  expect(report.failure).toBeUndefined();
  expect(report.verdict).toBe('promoted');
  const decision = report.decisions.find(({ about }) => about === 'topology');
  expect(decision).toMatchObject({
    decidedBy: 'model',
    reason: expect.stringContaining('virginia is where orders are written'),
  });
  expect(server.requests).toHaveLength(1);
  const [entry] = report.ledger.entries;
  const sent = server.requests[0]?.body.max_tokens ?? 0;
  expect(entry?.maxTokens).toBe(sent);
  expect((entry?.estimatedInput ?? 0) + sent).toBeLessThanOrEqual(TOKEN_LIMITS.topology);
  expect(report.ledger.used).toBeGreaterThan(0);
  expect(report.ledger.used).toBeLessThanOrEqual(TOKEN_LIMITS.topology);
});

describe('a model that does not help', () => {
  const plan = async () =>
    planDeployment(local.meridian, { request: await exampleRequest('three-regions.yaml'), requester: 'ada' });

  it('is corrected once, then overruled, when it names a region that was not asked for', async () => {
    const wrong = { groups: ['primary stockholm: cheap', 'standby ireland: near', 'standby singapore: local reads'] };
    script.push(answer(wrong), { kind: 'answer', answer: 'groups: primary stockholm: still cheap' });
    const { decisions, plan: made, ledger } = await plan();
    expect(decisions[0]).toMatchObject({ decidedBy: 'rules', reason: expect.stringMatching(/policy: .*stockholm/) });
    expect(made.topology.regions.map(({ region }) => region)).not.toContain('eu-north-1');
    expect(server.requests).toHaveLength(2);
    expect(ledger.used).toBeLessThanOrEqual(TOKEN_LIMITS.topology);
  });

  it('is overruled when its answer is cut off, and what was cut off is paid for', async () => {
    script.push({ kind: 'truncated', text: '{"weigh":"c1 is bet' });
    const { decisions, ledger } = await plan();
    expect(decisions[0]).toMatchObject({ decidedBy: 'rules', reason: expect.stringContaining('truncated') });
    expect(ledger.entries[0]?.outputTokens).toBe(server.requests[0]?.body.max_tokens);
  });

  it('is overruled when it is down', async () => {
    script.push(...Array.from({ length: 5 }, (): ScriptStep => ({ kind: 'status', status: 529, retryAfter: '0' })));
    const { decisions, ledger } = await plan();
    expect(decisions[0]).toMatchObject({ decidedBy: 'rules', reason: expect.stringContaining('unavailable') });
    expect(ledger.used).toBe(0);
  });
});
