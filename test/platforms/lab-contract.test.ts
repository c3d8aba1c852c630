import { createLabPlatform } from '../../platforms/lab/lab-platform';
import { startTestLab, stopTestLabs } from '../lab/running-lab';
import { CAPABILITIES } from './cloud-under-test';
import { platformContract } from './platform-contract';

afterAll(stopTestLabs);

platformContract('lab', {
  capabilities: CAPABILITIES.lab,
  create: async () => createLabPlatform({ daemonUrl: (await startTestLab()).url }),
});
