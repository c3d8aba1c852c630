import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { createAwsPlatform } from '../../platforms/aws/aws-platform';
import { createAwsClients } from '../../platforms/aws/clients';
import { createPrerequisites } from '../clouds/account-prerequisites';
import { startMiniStack } from '../clouds/ministack';
import { forMiniStack } from '../clouds/ministack-template';
import { query, type TestCloud, useTestCredentials } from '../clouds/test-cloud';
import { PRIMARY, STANDBY } from '../lab/sample-deployment';
import { CAPABILITIES } from './cloud-under-test';
import { platformContract } from './platform-contract';

useTestCredentials();
let cloud: TestCloud;
const closing: Array<() => void> = [];

afterAll(async () => {
  for (const close of closing) close();
  await cloud?.stop();
});

const clientsOf = () => {
  const clients = createAwsClients({ accounts: { default: {} }, endpoint: cloud.endpoint });
  closing.push(clients.destroy);
  return clients;
};

platformContract('aws on MiniStack', {
  capabilities: CAPABILITIES.ministack,
  startTimeoutMs: 400_000,
  reduce: (template) => forMiniStack(template).text,
  create: async () => {
    cloud = await startMiniStack();
    await createPrerequisites(clientsOf(), [PRIMARY, STANDBY]);
    const platform = createAwsPlatform({
      accounts: { default: {} },
      endpoint: cloud.endpoint,
      templateBucket: undefined,
    });
    closing.push(platform.close);
    return platform;
  },
  removeByHand: async (_, { region, name, account }) => {
    const LogicalResourceId = 'AlarmTopic';
    const client = clientsOf().cloudFormation({ account, region });
    const answer = await client.send(new DescribeStackResourceCommand({ StackName: name, LogicalResourceId }));
    const TopicArn = answer.StackResourceDetail?.PhysicalResourceId ?? '';
    await query(cloud.endpoint, { service: 'sns', region }, 'DeleteTopic', '2010-03-31', { TopicArn });
    return LogicalResourceId;
  },
});
