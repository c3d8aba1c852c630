import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import { platformContract } from './platform-contract';

platformContract('fake', async () => createFakePlatform(new FakeCloud()));
