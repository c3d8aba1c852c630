import { createLabPlatform } from '../../platforms/lab/lab-platform';
import { startTestLab, stopTestLabs } from '../lab/running-lab';
import { platformContract } from './platform-contract';

afterAll(stopTestLabs);

platformContract('lab', async () => createLabPlatform({ daemonUrl: (await startTestLab()).url }));
