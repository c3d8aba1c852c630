import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { TAG_APPLICATION, TAG_ENVIRONMENT, TAG_GENERATION } from '../contracts/stack';
import { createAwsPlatform } from '../platforms/aws/aws-platform';
import { type AwsClients, createAwsClients } from '../platforms/aws/clients';
import type { CallContext } from '../platforms/platform';
import type { GeneratedStack } from '../skills/iac-template-generator/schema';
import { createPrerequisites } from '../test/clouds/account-prerequisites';
import { startMiniStack } from '../test/clouds/ministack';
import { forMiniStack } from '../test/clouds/ministack-template';
import { type TestCloud, useTestCredentials } from '../test/clouds/test-cloud';
import { templatesOf, threeRegions } from '../test/skills/iac-template-generator/planned-deployments';

/**
 * `npm run bench:apply`: time to apply the base stacks of three regions on MiniStack, canary first, then the others at
 * once. The adapter against a bare script of the SDK, in pairs, in turns. The script does what `aws cloudformation
 * deploy` does (is there a stack, change set, execution, end), looks every 100 ms, and resumes, reviews, protects and
 * tells nothing. A run of jest for its compiler and its test clouds; it fails
 * above the ratio that was promised.
 */
const PAIRS = Number(process.env.PAIRS ?? 15);
const PROMISED_RATIO = 1.3;
const BARE_POLL_MS = 100;

useTestCredentials();
const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };
const stacks = templatesOf(threeRegions()).stacks.filter(({ ref }) => ref.kind === 'base');
const tags = { [TAG_APPLICATION]: 'orders', [TAG_ENVIRONMENT]: 'staging', [TAG_GENERATION]: '1' };
let cloud: TestCloud;
let clients: AwsClients;
let platform: ReturnType<typeof createAwsPlatform>;

beforeAll(async () => {
  cloud = await startMiniStack();
  const account = { accounts: { default: {} }, endpoint: cloud.endpoint };
  clients = createAwsClients(account);
  platform = createAwsPlatform({ ...account, templateBucket: undefined });
  const regions = stacks.map(({ ref }) => ref.region);
  await createPrerequisites(clients, regions);
}, 400_000);

afterAll(async () => {
  platform?.close();
  clients?.destroy();
  await cloud?.stop();
});

test(`applying through the adapter takes at most ${PROMISED_RATIO} times as long as a bare script`, async () => {
  await timed(adapter);
  await timed(bare);
  const pairs: Array<{ adapterMs: number; bareMs: number; ratio: number }> = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const inTurns = pair % 2 === 0 ? [adapter, bare] : [bare, adapter];
    const times = new Map<Apply, number>();
    for (const apply of inTurns) times.set(apply, await timed(apply));
    const [adapterMs = 0, bareMs = 1] = [times.get(adapter), times.get(bare)];
    pairs.push({ adapterMs, bareMs, ratio: adapterMs / bareMs });
  }
  const ratio = median(pairs.map((pair) => pair.ratio));
  process.stdout.write(
    [
      `${PAIRS} pairs, three base stacks, canary and then two at once`,
      `adapter ms   ${spread(pairs.map(({ adapterMs }) => adapterMs))}`,
      `bare ms      ${spread(pairs.map(({ bareMs }) => bareMs))}`,
      `ratio        ${spread(pairs.map((pair) => pair.ratio))}`,
      '',
    ].join('\n'),
  );
  expect(ratio).toBeLessThanOrEqual(PROMISED_RATIO);
}, 600_000);

type Apply = (stack: GeneratedStack, token: string) => Promise<unknown>;
let runs = 0;

/** Milliseconds of one rollout; making place for the next one is not counted. */
async function timed(apply: Apply): Promise<number> {
  runs += 1;
  const token = (stack: GeneratedStack) => `bench-${runs}-${stack.ref.region}`;
  // A name of its own each time: a first deployment, as a bare script knows it.
  const [canary, ...others] = stacks.map((stack) => ({
    ...stack,
    ref: { ...stack.ref, name: `bench-${runs}-base` },
    template: forMiniStack(stack.template).text,
  }));
  const start = performance.now();
  if (canary) await apply(canary, token(canary));
  await Promise.all(others.map((stack) => apply(stack, token(stack))));
  const ms = performance.now() - start;
  for (const stack of [canary, ...others]) {
    if (stack) await platform.stacks.destroy({ ref: stack.ref, token: `away-${runs}` }, context);
  }
  return ms;
}

async function adapter({ ref, template }: GeneratedStack, token: string): Promise<void> {
  await platform.stacks.apply({ ref, template, parameters: {}, tags, token }, context);
}

async function bare({ ref, template }: GeneratedStack, token: string): Promise<void> {
  const client = clients.cloudFormation(ref);
  await client.send(new DescribeStacksCommand({ StackName: ref.name })).catch(() => undefined);
  const set = { StackName: ref.name, ChangeSetName: token };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const Capabilities = ['CAPABILITY_IAM' as const];
  const input = { ...set, ChangeSetType: 'CREATE' as const, TemplateBody: template, Tags, Capabilities };
  await client.send(new CreateChangeSetCommand(input));
  while ((await client.send(new DescribeChangeSetCommand(set))).Status !== 'CREATE_COMPLETE') await delay(BARE_POLL_MS);
  await client.send(new ExecuteChangeSetCommand(set));
  for (;;) {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: ref.name }));
    const status = Stacks?.[0]?.StackStatus;
    if (status === 'CREATE_COMPLETE') return;
    if (/FAILED|ROLLBACK/.test(status ?? '')) throw new Error(`${ref.region}: ${status}`);
    await delay(BARE_POLL_MS);
  }
}

function median(values: number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function spread(values: number[]): string {
  const text = (value: number) => value.toFixed(value < 10 ? 2 : 0);
  return `min ${text(Math.min(...values))}, median ${text(median(values))}, max ${text(Math.max(...values))}`;
}
