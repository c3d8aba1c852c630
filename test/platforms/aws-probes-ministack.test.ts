import { LIVE_PATH, READY_PATH } from '../../contracts/probe-contract';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import { createAwsClients } from '../../platforms/aws/clients';
import { createPrerequisites } from '../clouds/account-prerequisites';
import { type MiniStack, startMiniStack, useTestCredentials } from '../clouds/ministack';
import { forMiniStack } from '../clouds/ministack-template';
import { exampleDeployment, templatesOf } from '../skills/iac-template-generator/planned-deployments';

useTestCredentials();
const REGION = 'us-east-1';
let cloud: MiniStack;

beforeAll(async () => {
  cloud = await startMiniStack();
}, 400_000);

afterAll(() => cloud?.stop());

test('on a cloud where nothing serves, a region is alive and never ready', async () => {
  const at = { accounts: { default: {} }, endpoint: cloud.endpoint };
  const clients = createAwsClients(at);
  const platform = createAwsPlatform({ ...at, templateBucket: undefined });
  const context = { signal: new AbortController().signal, heartbeat: () => undefined };
  const { stacks } = templatesOf(exampleDeployment('three-regions'));
  const base = stacks.find(({ ref }) => ref.kind === 'base' && ref.region === REGION)!;
  const scope = { account: 'default', application: 'orders', environment: 'staging', region: REGION };
  try {
    await createPrerequisites(clients, [REGION]);
    expect(await platform.probes.region({ ...scope, path: READY_PATH })).toEqual([]);
    const parameters = Object.fromEntries(
      Object.entries(base.parameters).map(([name, value]) => [name, 'value' in value ? value.value : '']),
    );
    const change = { ref: base.ref, template: forMiniStack(base.template).text, parameters, tags: {}, token: 't1' };
    await platform.stacks.apply(change, context);
    const live = await platform.probes.region({ ...scope, path: LIVE_PATH });
    expect(live.length).toBeGreaterThan(0);
    expect(live.filter(({ healthy }) => !healthy)).toEqual([]);
    const ready = await platform.probes.region({ ...scope, path: READY_PATH });
    expect(ready.map(({ healthy }) => healthy)).toEqual(live.map(() => false));
  } finally {
    platform.close();
    clients.destroy();
  }
}, 120_000);
