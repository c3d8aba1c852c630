import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startTemporalServer } from '../../dev/temporal-server';
import { dataConverter } from '../../payload-codec';
import { loadConfig } from '../../temporal.config';

// Once per test file: only errors of the SDK belong between test results.
Runtime.install({ logger: new DefaultLogger('ERROR') });

export interface TestTemporal {
  environment: TestWorkflowEnvironment;
  address: string;
  /** SIGKILL, then the same server again at the same address; only of one that keeps its histories in a file */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real Temporal server for one test file, in memory, with Meridian's search attributes, able to skip time. Call it in
 * `beforeAll` (takes about a second; the first time on a machine it may have to fetch the server) and `stop` in `afterAll`.
 * @param dynamicConfig settings of the server, KEY=JSON
 * @param inFile histories are in a file: the server may crash, and goes on where it was
 */
export async function startTestTemporal(
  dynamicConfig: readonly string[] = [],
  { inFile = false } = {},
): Promise<TestTemporal> {
  const logFolder = mkdtempSync(join(tmpdir(), 'meridian-temporal-'));
  const start = (port?: number) =>
    startTemporalServer({
      ...loadConfig().tools,
      ui: false,
      logFolder,
      ...(port && { port }),
      ...(inFile && { dbFilename: join(logFolder, 'histories.db') }),
      extraArguments: ['frontend.WorkflowTimeSkippingEnabled=true', ...dynamicConfig].flatMap((value) => [
        '--dynamic-config-value',
        value,
      ]),
    });
  let server = await start();
  const { address } = server;
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address, client: { dataConverter } });
  return {
    environment,
    address,
    crash: async () => {
      if (!inFile) throw new Error('this server keeps its histories in memory: they would be lost');
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
      server = await start(Number(address.split(':')[1]));
      if (server.address !== address) throw new Error(`the server came back at ${server.address}, not at ${address}`);
    },
    stop: async () => {
      await environment.teardown();
      await server.stop();
      rmSync(logFolder, { recursive: true, force: true });
    },
  };
}

/**
 * From now on every workflow started through this environment skips time: whenever nothing but timers is pending, the
 * server's clock for it jumps ahead. The SDK has no option for it yet, so the start request is completed here.
 */
export function skipTime({ environment }: TestTemporal): void {
  const { workflowService } = environment.connection;
  const start = workflowService.startWorkflowExecution.bind(workflowService);
  const startSkipping = (request: object, ...rest: unknown[]) =>
    (start as (...all: unknown[]) => unknown)({ ...request, timeSkippingConfig: { enabled: true } }, ...rest);
  workflowService.startWorkflowExecution = startSkipping as typeof workflowService.startWorkflowExecution;
}
