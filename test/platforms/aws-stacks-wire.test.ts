import { TAG_APPLICATION, TAG_ENVIRONMENT, TAG_GENERATION } from '../../contracts/stack';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import type { CallContext, Platform, StackChange } from '../../platforms/platform';
import { startMiniStack } from '../clouds/ministack';
import { type RecordingEndpoint, startRecordingEndpoint } from '../clouds/recording-endpoint';
import { type TestCloud, useTestCredentials } from '../clouds/test-cloud';

/** Stacks are MiniStack’s own; a cut connection, and drift that MiniStack does not have, are answered between. */
useTestCredentials();

const REGION = 'eu-west-1';
const DATABASE = 'AWS::RDS::DBInstance';
let cloud: TestCloud;
let wire: RecordingEndpoint;
let platform: Platform;
/** the one call whose answer is cut off, once */
let cut: string | undefined;
/** members of DescribeStackResourceDrifts */
let drifts = '';

beforeAll(async () => {
  cloud = await startMiniStack();
  wire = await startRecordingEndpoint(({ action }) => {
    if (action === 'DescribeStackResourceDrifts') return drifted();
    if (action !== cut) return undefined;
    cut = undefined;
    return '<Cut';
  }, cloud.endpoint);
  platform = createAwsPlatform({ accounts: { default: {} }, endpoint: wire.endpoint, templateBucket: undefined });
}, 400_000);

afterAll(async () => {
  platform?.close?.();
  await wire?.stop();
  await cloud?.stop();
});

const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };
const template = (displayName: string) =>
  JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: displayName } } } });

let number = 0;
function sample(): StackChange {
  number += 1;
  return {
    ref: { account: 'default', region: REGION, kind: 'base', name: `wire${number}-staging-base` },
    template: template('one'),
    parameters: {},
    tags: { [TAG_APPLICATION]: `wire${number}`, [TAG_ENVIRONMENT]: 'staging', [TAG_GENERATION]: '1' },
    token: `wire-${number}`,
  };
}

const drifted = () =>
  `<DescribeStackResourceDriftsResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStackResourceDriftsResult><StackResourceDrifts>${drifts}</StackResourceDrifts></DescribeStackResourceDriftsResult></DescribeStackResourceDriftsResponse>`;

function drift(resource: string, type: string, differences: Array<[path: string, actual: string]>): string {
  const properties = differences.map(
    ([path, actual]) =>
      `<member><PropertyPath>${path}</PropertyPath><ExpectedValue>x</ExpectedValue><ActualValue>${actual}</ActualValue><DifferenceType>NOT_EQUAL</DifferenceType></member>`,
  );
  return `<member><StackId>s</StackId><LogicalResourceId>${resource}</LogicalResourceId><ResourceType>${type}</ResourceType><StackResourceDriftStatus>MODIFIED</StackResourceDriftStatus><Timestamp>2026-11-21T00:00:00Z</Timestamp><PropertyDifferences>${properties.join('')}</PropertyDifferences></member>`;
}

/** How the change sets since then ask for drift to be handled. */
const modesSince = (start: number) =>
  wire.requests
    .slice(start)
    .filter(({ action }) => action === 'CreateChangeSet')
    .map(({ parameters }) => parameters.DeploymentMode);

test('a stack whose change ended while nobody watched is protected by the next attempt', async () => {
  const change = { ...sample(), protect: true };
  cut = 'UpdateTerminationProtection';
  await expect(platform.stacks.apply(change, context)).rejects.toMatchObject({ type: 'Platform.Unavailable' });
  const start = wire.requests.length;
  expect(await platform.stacks.apply(change, context)).toMatchObject({ status: 'ready' });
  const calls = wire.requests.slice(start).map(({ action }) => action);
  expect(calls).toContain('UpdateTerminationProtection');
  expect(calls).not.toContain('CreateChangeSet');
});

describe('reverting drift', () => {
  const drain = drift('HealthCheckEuWest1', 'AWS::Route53::HealthCheck', [['/HealthCheckConfig/Disabled', 'true']]);
  const fence = drift('DatabaseOrders', DATABASE, [
    ['/VPCSecurityGroups/0', 'sg-2'],
    ['/Tags/1', '{"Key":"meridian:ingress-closed","Value":"3"}'],
  ]);
  const byHand = drift('Topic', 'AWS::SNS::Topic', [['/DisplayName', 'other']]);
  const change = { ...sample(), revertDrift: true };
  const next = (token: string) => ({ ...change, template: template(token), token });

  beforeAll(() => platform.stacks.apply(change, context));

  it('reverts what was changed by hand', async () => {
    drifts = byHand;
    const start = wire.requests.length;
    await platform.stacks.plan(next('two'));
    await platform.stacks.apply(next('two'), context);
    expect(modesSince(start)).toEqual(['REVERT_DRIFT', 'REVERT_DRIFT']);
  });

  it('reverts nothing where only Meridian changed something', async () => {
    drifts = drain + fence;
    const start = wire.requests.length;
    expect(await platform.stacks.plan(next('three'))).toMatchObject([{ action: 'change', resource: 'Topic' }]);
    await platform.stacks.apply(next('three'), context);
    expect(modesSince(start)).toEqual([undefined, undefined]);
  });

  it('is refused where it would revert a drain or a fence as well, naming both', async () => {
    drifts = byHand + drain;
    const start = wire.requests.length;
    const refused = {
      type: 'Platform.Refused',
      message: expect.stringMatching(/by hand \(Topic .*HealthCheckEuWest1 \(\/HealthCheckConfig\/Disabled\)/),
    };
    await expect(platform.stacks.plan(next('four'))).rejects.toMatchObject(refused);
    await expect(platform.stacks.apply(next('four'), context)).rejects.toMatchObject(refused);
    expect(modesSince(start)).toEqual([]);
    expect(await platform.stacks.template(change.ref)).toBe(template('three'));
  });
});
