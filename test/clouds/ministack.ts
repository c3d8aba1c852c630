import { join } from 'node:path';
import { startTestCloud, type TestCloud } from './test-cloud';

export { useTestCredentials } from './test-cloud';
export type MiniStack = TestCloud;

const VERSION = '1.5.33';

/** Starts the AWS test cloud MiniStack on a free loopback port, empty, in a folder that goes with it. */
export function startMiniStack(): Promise<TestCloud> {
  return startTestCloud({
    tool: { name: 'ministack', version: VERSION },
    health: '/_ministack/health',
    command: (bin, port, folder) => ({
      executable: join(bin, 'ministack'),
      args: [],
      env: {
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        S3_DATA_DIR: join(folder, 's3'),
        // It would run databases and tasks as containers where it finds Docker; here templates are tried, not run.
        DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
      },
    }),
  });
}
