import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import { CAPABILITIES } from './cloud-under-test';
import { platformContract } from './platform-contract';

const cloud = new FakeCloud();

platformContract('fake', {
  capabilities: CAPABILITIES.fake,
  create: async () => createFakePlatform(cloud),
  removeByHand: async (_, { region, kind }) => {
    const removed = { resource: 'AlarmTopic', type: 'AWS::SNS::Topic', kind: 'deleted' as const, differences: [] };
    cloud.drift.set(`${region}/${kind}`, [removed]);
    return removed.resource;
  },
});
