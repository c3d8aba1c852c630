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
  stop(): Promise<void>;
}

/**
 * A real Temporal server for one test file, in memory, with Meridian's search attributes, able to skip time. Call it in
 * `beforeAll` (takes about a second; the first time on a machine it may have to fetch the server) and `stop` in `afterAll`.
 * @param dynamicConfig settings of the server, KEY=JSON
 */
export async function startTestTemporal(dynamicConfig: readonly string[] = []): Promise<TestTemporal> {
  const logFolder = mkdtempSync(join(tmpdir(), 'meridian-temporal-'));
  const server = await startTemporalServer({
    ...loadConfig().tools,
    ui: false,
    logFolder,
    extraArguments: ['frontend.WorkflowTimeSkippingEnabled=true', ...dynamicConfig].flatMap((value) => [
      '--dynamic-config-value',
      value,
    ]),
  });
  const environment = await TestWorkflowEnvironment.createFromExistingServer({
    address: server.address,
    client: { dataConverter },
  });
  return {
    environment,
    address: server.address,
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
