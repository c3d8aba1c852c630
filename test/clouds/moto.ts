import { join } from 'node:path';
import { startTestCloud, type TestCloud } from './test-cloud';

const VERSION = '5.2.5';

/**
 * Starts the AWS test cloud moto on a free loopback port, empty. It knows Route 53 health checks, which MiniStack does
 * not; its stacks are made within the call, without events of their own operation.
 */
export function startMoto(): Promise<TestCloud> {
  return startTestCloud({
    tool: { name: 'moto', version: VERSION, extras: '[server]' },
    health: '/moto-api/data.json',
    command: (bin, port) => ({
      executable: join(bin, 'moto_server'),
      args: ['--host', '127.0.0.1', '--port', String(port)],
      env: {},
    }),
  });
}
