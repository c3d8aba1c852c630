import { TAG_APPLICATION, TAG_ENVIRONMENT, TAG_GENERATION } from '../../contracts/stack';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import type { CallContext, Platform, StackChange } from '../../platforms/platform';
import { type RecordedRequest, type RecordingEndpoint, startRecordingEndpoint } from '../clouds/recording-endpoint';
import { useTestCredentials } from '../clouds/test-cloud';

/**
 * A stack in UPDATE_ROLLBACK_FAILED, which no test cloud has, answered as the API reference of CloudFormation documents
 * it: a rollback that is continued fails again until what failed is skipped.
 */
useTestCredentials();

interface Resource {
  id: string;
  type: string;
  status: string;
  reason?: string;
}
interface Event extends Resource {
  token: string;
}

const ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/orders-staging-base/1';
const STACK = { id: 'orders-staging-base', type: 'AWS::CloudFormation::Stack' };
const ref = { account: 'default', region: 'eu-west-1', kind: 'base' as const, name: STACK.id };
const tags = { [TAG_APPLICATION]: 'orders', [TAG_ENVIRONMENT]: 'staging', [TAG_GENERATION]: '4' };
const template = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
const change: StackChange = { ref, template, parameters: {}, tags, token: 'apply' };
const CANCELLED = 'Resource update cancelled';
const TOPIC_FAILED = { id: 'Topic', type: 'AWS::SNS::Topic', status: 'UPDATE_FAILED', reason: 'Rate exceeded' };

let wire: RecordingEndpoint;
let platform: Platform;
let status: string;
let resources: Resource[];
/** newest first */
let events: Event[];
let told: string[];

beforeAll(async () => {
  wire = await startRecordingEndpoint(answer);
  platform = createAwsPlatform({ accounts: { default: {} }, endpoint: wire.endpoint, templateBucket: undefined });
});
beforeEach(() => {
  status = 'UPDATE_ROLLBACK_FAILED';
  resources = [{ id: 'Queue', type: 'AWS::SQS::Queue', status: 'UPDATE_COMPLETE' }, TOPIC_FAILED];
  events = [{ ...STACK, status, token: 'earlier' }];
  told = [];
  wire.requests.length = 0;
});
afterAll(async () => {
  platform?.close?.();
  await wire?.stop();
});

const context: CallContext = {
  signal: new AbortController().signal,
  heartbeat: (detail) => told.push(detail),
};
const apply = () => platform.stacks.apply(change, context);
const skips = () =>
  wire.requests
    .filter(({ action }) => action === 'ContinueUpdateRollback')
    .map(({ parameters }) =>
      Object.keys(parameters)
        .filter((key) => key.startsWith('ResourcesToSkip.member'))
        .map((key) => parameters[key]),
    );

function answer({ action, parameters }: RecordedRequest): string | undefined {
  switch (action) {
    case 'DescribeStacks':
      return wrap(
        action,
        `<Stacks><member>${about()}<CreationTime>2026-11-21T00:00:00Z</CreationTime><Tags>${tagXml()}</Tags></member></Stacks>`,
      );
    case 'DescribeStackEvents':
      return wrap(action, `<StackEvents>${events.map(eventXml).join('')}</StackEvents>`);
    case 'DescribeStackResources':
      return wrap(action, `<StackResources>${resources.map(resourceXml).join('')}</StackResources>`);
    case 'ContinueUpdateRollback':
      continueRollback(parameters);
      return wrap(action, '');
    case 'GetTemplate':
      return wrap(action, `<TemplateBody>${template.replaceAll('"', '&quot;')}</TemplateBody>`);
    case 'CreateChangeSet':
      return wrap(action, `<Id>set</Id><StackId>${ID}</StackId>`);
    case 'DescribeChangeSet':
      return wrap(
        action,
        "<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.</StatusReason>",
      );
    case 'DeleteChangeSet':
      return wrap(action, '');
  }
}

function continueRollback({ ClientRequestToken, ...parameters }: Record<string, unknown>): void {
  const token = String(ClientRequestToken);
  const skipped = Object.values(parameters);
  const failed = resources.filter(
    ({ id, status: of, reason }) => of === 'UPDATE_FAILED' && reason !== CANCELLED && !skipped.includes(id),
  );
  status = failed.length > 0 ? 'UPDATE_ROLLBACK_FAILED' : 'UPDATE_ROLLBACK_COMPLETE';
  const last = { ...STACK, status, token };
  events = [last, ...failed.map((one) => ({ ...one, token })), ...events];
}

const about = () => `<StackId>${ID}</StackId><StackName>${STACK.id}</StackName><StackStatus>${status}</StackStatus>`;
const tagXml = () =>
  Object.entries(tags)
    .map(([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`)
    .join('');
const resourceXml = ({ id, type, status: of, reason }: Resource) =>
  `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${type === STACK.type ? ID : `physical-${id}`}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>${of}</ResourceStatus>${reason ? `<ResourceStatusReason>${reason}</ResourceStatusReason>` : ''}<Timestamp>2026-11-21T00:00:00Z</Timestamp></member>`;
const eventXml = ({ token, ...resource }: Event, index: number) =>
  resourceXml(resource).replace(
    '</member>',
    `<EventId>${events.length - index}</EventId><ClientRequestToken>${token}</ClientRequestToken></member>`,
  );
const wrap = (action: string, result: string) =>
  `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result></${action}Response>`;

describe('a rollback that fails', () => {
  it('goes on without what fails again, and whoever asked is told what that is', async () => {
    expect(await apply()).toMatchObject({ status: 'ready', skipped: ['Topic'] });
    expect(skips()).toEqual([[], ['Topic']]);
    expect(told).toContainEqual(expect.stringContaining('without Topic'));
  });

  it('tells it to the attempt that comes after a cut, too', async () => {
    await apply();
    wire.requests.length = 0;
    expect(await apply()).toMatchObject({ skipped: ['Topic'] });
    expect(skips()).toEqual([]);
  });

  it('skips nothing that only could not be deleted, or was cancelled because something else failed', async () => {
    resources = [
      { id: 'Old', type: 'AWS::RDS::DBInstance', status: 'DELETE_FAILED', reason: 'in use' },
      { id: 'Database', type: 'AWS::RDS::DBInstance', status: 'UPDATE_FAILED', reason: CANCELLED },
      TOPIC_FAILED,
    ];
    expect(await apply()).toMatchObject({ status: 'ready', skipped: ['Topic'] });
    expect(skips()).toEqual([[], ['Topic']]);
  });

  it('never skips data: it stops, with what a person has to do', async () => {
    const reason = 'Cannot modify engine version while a snapshot is taken';
    resources = [TOPIC_FAILED, { id: 'DatabaseOrders', type: 'AWS::RDS::DBInstance', status: 'UPDATE_FAILED', reason }];
    await expect(apply()).rejects.toMatchObject({
      type: 'Platform.Refused',
      retryable: false,
      resource: 'DatabaseOrders',
      message: expect.stringMatching(
        /physical-DatabaseOrders.*snapshot is taken.*continue the rollback in CloudFormation/,
      ),
    });
    expect(skips()).toEqual([[]]);
    expect(status).toBe('UPDATE_ROLLBACK_FAILED');
  });
});
