import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAbort } from '../../clients/cli/commands/abort';
import { type ApproveInput, runApprove } from '../../clients/cli/commands/approve';
import { runStatus } from '../../clients/cli/commands/status';
import { parseTarget } from '../../clients/cli/target';
import { closeClient, connectClient, type MeridianClient } from '../../clients/connection';
import { shortDigest } from '../../clients/format';
import { createSlackGateway, type SlackGateway } from '../../clients/slack/slack-gateway';
import { progressQuery } from '../../contracts/messages';
import { loadConfig } from '../../temporal.config';
import { type FakeDeployments, startFakeDeployments } from '../support/fake-deployments';
import { goLive, type LiveFake } from '../support/live-fake';
import { memoryTerminal } from './cli/memory-terminal';
import { FakeSlack } from './slack/fake-slack';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'meridian-under-way-'));
const saved = { ...process.env };
const slack = new FakeSlack();
let fake: FakeDeployments;
let live: LiveFake;
let meridian: MeridianClient;
let chat: SlackGateway;
let name: string;

beforeAll(async () => {
  fake = await startFakeDeployments();
  live = await goLive(fake);
  name = `${live.request.application}/staging`;
  const environment = { TEMPORAL_ADDRESS: fake.temporal.address, MERIDIAN_TASK_QUEUE: fake.taskQueue };
  Object.assign(process.env, environment);
  meridian = await connectClient(loadConfig(environment));
  chat = createSlackGateway({
    ...{ meridian, platform: 'fake', stateFolder: folder, log: () => {}, app: slack.options() },
    config: { ...loadConfig({}).slack, botToken: 'xoxb-test', appToken: 'xapp-test' },
  });
  await chat.start();
});
afterAll(async () => {
  process.env = saved;
  await chat.stop();
  await closeClient(meridian);
  await fake.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => live.restore());

/** Lets the first call of a name wait until it is let go on. */
function holdUp(call: string): () => void {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  fake.cloud.intercept = async ({ name: called, nth }, act) => {
    if (called === call && nth === 1) await held;
    return act();
  };
  return letGo;
}

async function status(target?: string): Promise<string> {
  const terminal = memoryTerminal();
  await runStatus({ target: target === undefined ? undefined : parseTarget(target) }, terminal);
  return terminal.stdout;
}

async function abort(target: string): Promise<string> {
  const terminal = memoryTerminal();
  await runAbort({ target: parseTarget(target)!, reason: 'enough', by: 'mira' }, terminal);
  return terminal.stdout;
}

async function approve(target: string, how: Partial<ApproveInput> = {}): Promise<string> {
  const terminal = memoryTerminal();
  await runApprove({ target: parseTarget(target)!, by: 'mira', ...how }, terminal);
  return terminal.stdout;
}

/** The digest of what an operation asks, once it asks. */
async function asks(operation: Awaited<ReturnType<LiveFake['begin']>>): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    const progress = await operation.query(progressQuery, { sinceSeq: 0 }).catch(() => undefined);
    if (progress?.approval?.state === 'waiting') return progress.approval.digest;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it asks nothing');
}

async function says(text: string): Promise<string> {
  const before = slack.ephemeral().length;
  await slack.command(text, 'UADA');
  return slack.ephemeral().slice(before).join('\n');
}

it('what runs and what waits is named, and stopped by its name or number, drills included', async () => {
  const letGo = holdUp('writeAndRead');
  const drill = await live.begin({ kind: 'drill', drill: 'switchover' });
  const drain = await live.begin({ kind: 'drain', region: live.others[1] }, 'leo');
  const waits = `waiting   ${drain.workflowId}, asked for by leo`;

  expect(await status(name)).toMatch(
    new RegExp(`^${drill.workflowId} .*[\\s\\S]*running   ${drill.workflowId}, asked for by ada\n${waits}\n$`),
  );
  const list = await status();
  expect(list).toMatch(new RegExp(`^${name} +drill \\d+ `, 'm'));
  expect(list).toContain(waits);
  expect(await says(`status ${name}`)).toContain(waits);

  const number = drain.workflowId.split('/').at(-1);
  expect(await abort(`${name}/${number}`)).toBe(`${drain.workflowId} was waiting and does not begin any more\n`);
  expect(await status(name)).not.toContain(drain.workflowId);
  expect(await says(`abort ${name} not now`)).toBe(`${drill.workflowId} is stopping`);
  letGo();
  expect(await drill.result()).toMatchObject({
    outcome: 'stood-down',
    failure: { message: expect.stringContaining('slack:UADA stopped it (not now)') },
    left: [],
  });
  await expect(abort(name)).rejects.toMatchObject({
    code: 'not-found',
    message: `nothing is under way in ${name}`,
  });
  await expect(abort(drill.workflowId)).rejects.toMatchObject({
    code: 'refused',
    message: `cannot abort the drill: ${drill.workflowId} has already ended`,
  });
  // what is over is found by its number only: schedules hold drills every day
  expect(await status(name)).toMatch(/^deploy\//);
  expect(await status(`${name}/${drill.workflowId.split('/').at(-1)}`)).toContain(`${drill.workflowId}  stood down`);
});

it('what waits for a decision is found behind what is newer, and a wrong digest is told the right one', async () => {
  const proposal = await live.begin({ kind: 'promote-region', region: live.others[0], proposed: true });
  const digest = await asks(proposal);
  const drained = await live.ask({ kind: 'drain', region: live.others[1] });
  expect(drained).toMatchObject({ outcome: 'done' });
  for (const reject of [false, true])
    await expect(approve(name, { digest: 'deadbeef', reject })).rejects.toMatchObject({
      code: 'bad-input',
      message: `digest is "deadbeef", the plan that waits is ${shortDigest(digest)}: read it again`,
    });

  const { request } = live;
  const services = request.services.map((one) => ({ ...one, image: 'meridian/sample-orders:2.0' }));
  const changed = { ...request, services, rollout: { ...request.rollout, approval: 'plan' as const } };
  const change = await fake.begin({ kind: 'deploy', request: changed, requester: 'ada' }, request);
  const other = await asks(change);
  const both = new RegExp(`${change.workflowId} \\(${shortDigest(other)}\\), ${proposal.workflowId} \\(`);
  await expect(approve(name)).rejects.toMatchObject({
    message: `2 approvals wait in ${name}, and one has to be named`,
    hint: expect.stringMatching(both),
  });
  await expect(approve(name, { digest: 'deadbeef' })).rejects.toMatchObject({
    message: `2 approvals wait in ${name}, and 0 of them begin with "deadbeef"`,
  });
  expect(await approve(name, { digest: other.slice(0, 8), reject: true })).toMatch(/^rejected: /);
  expect(await change.result()).toMatchObject({ verdict: 'failed', failure: { type: 'Approval.Rejected' } });
  expect(await approve(name, { reject: true })).toContain(`(${shortDigest(digest)})`);
  expect(await proposal.result()).toMatchObject({ outcome: 'rejected' });
  await expect(approve(name)).rejects.toMatchObject({ code: 'not-found', message: `no approval waits in ${name}` });
});

it('chat asks before a drill or a restore, and then has it done', async () => {
  expect(await says(`drill ${name} switchover`)).toMatch(/hold the switchover drill .* nothing was done\.$/);
  expect(await says(`restore ${name} ${live.primary}`)).toMatch(
    new RegExp(`restore ${name} from a backup .*Send \`/meridian restore ${name} ${live.primary} confirm\``),
  );
  expect(await says(`drill ${name} switchover confirm`)).toBe('');
  await until(() => /drill .* done/.test(slack.message().text));
  expect((await live.record()).drills.at(-1)).toMatchObject({ kind: 'switchover', passed: true });
  expect(await says(`drills ${name}`)).toMatch(/switchover .* passed/);
});

it('chat has a failover of the platform written down', async () => {
  const [next] = live.others;
  fake.cloud.leases.set('orders', { holder: next, epoch: 9, automation: 'automatic' });
  Object.assign(fake.cloud.databases.get(live.primary)!, { role: 'standby', fenced: true });
  Object.assign(fake.cloud.databases.get(next)!, { role: 'primary' });
  expect(await says(`record-failover ${name}`)).toBe('');
  await until(() => /record-failover .* done/.test(slack.message().text));
  expect((await live.record()).primary).toBe(next);
});

it.each([
  ['drill NAME earthquake', /"earthquake" is no kind of drill; valid: region-loss, /],
  ['restore NAME nowhere', /"nowhere" names no region; valid: restore APP\/ENV REGION/],
  ['record-failover NAME eu-west-1', /"eu-west-1" is too much; valid: record-failover APP\/ENV$/],
  ['drain NAME eu-west-1 now please', /"now please" is too much; valid: drain APP\/ENV REGION$/],
])('chat starts nothing for "%s"', async (text, problem) => {
  const before = (await live.record()).lastGeneration;
  expect(await says(text.replace('NAME', name))).toMatch(problem);
  expect((await live.record()).lastGeneration).toBe(before);
});

async function until(look: () => boolean) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (look()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not happen; last seen: ${slack.message().text}`);
}
