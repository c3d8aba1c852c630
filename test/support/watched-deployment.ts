import type { WorkflowHandle } from '@temporalio/client';
import type { AlertBook } from '../../contracts/alert';
import type { HealthMatrix } from '../../contracts/health-matrix';
import { alertsQuery, healthMatrixQuery } from '../../contracts/watch-messages';
import { watchWorkflowId } from '../../contracts/workflow-ids';
import { PlatformError } from '../../platforms/platform-error';
import type { watchRegions } from '../../workflows';
import type { FakeDeployments } from './fake-deployments';
import type { LiveFake } from './live-fake';

/** A watch over a live deployment on the fake platform whose clock goes on only as far as it is told to. */
export interface WatchedFake {
  handle: WorkflowHandle<typeof watchRegions>;
  /** regions that no vantage point sees */
  blind: Set<string>;
  /** lets the clock jump to the next check, or of another workflow to its next timer, so many times */
  skip(count: number, workflowId?: string): Promise<unknown>;
  /** lets so many more checks be made, and waits for them */
  checks(count: number): Promise<HealthMatrix>;
  matrix(): Promise<HealthMatrix>;
  alerts(): Promise<AlertBook>;
  end(): Promise<void>;
}

/** Starts a watch; its first check has been made. Time is skipped by the server: one skip is one wait for the next check. */
export async function startWatch(
  fake: FakeDeployments,
  { request }: LiveFake,
  { leasesAway = false } = {},
): Promise<WatchedFake> {
  const { client, connection, namespace = 'default' } = fake.temporal.environment;
  const { application, environment } = request;
  const workflowId = watchWorkflowId(request);
  const blind = new Set<string>();
  fake.cloud.intercept = async ({ name, region }, act) => {
    if (name === 'lease' && leasesAway) throw new PlatformError('Platform.Unavailable', 'the lease store is away');
    if (region && blind.has(region) && (name === 'probe' || name === 'status'))
      throw new PlatformError('Platform.Unavailable', 'the network is away');
    const answer = await act();
    if (name === 'health') return (answer as Array<{ region: string }>).filter((one) => !blind.has(one.region));
    if (name === 'latency') return (answer as object[]).map((one) => ({ ...one, p50Ms: 20 }));
    return answer;
  };
  const handle = await client.workflow.start<typeof watchRegions>('watchRegions', {
    workflowId,
    taskQueue: fake.taskQueue,
    args: [{ application, environment }],
  });
  const watch: WatchedFake = {
    handle,
    blind,
    matrix: async () => {
      for (;;) {
        const matrix = await handle.query(healthMatrixQuery).catch(() => undefined);
        if (matrix) return matrix;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    alerts: () => handle.query(alertsQuery),
    skip: (count, id = workflowId) =>
      connection.workflowService.updateWorkflowExecutionOptions({
        namespace,
        workflowExecution: { workflowId: id },
        workflowExecutionOptions: { timeSkippingConfig: { enabled: true, maxSessionSkipCount: count } },
        updateMask: { paths: ['time_skipping_config'] },
      }),
    checks: async (count) => {
      const before = (await watch.matrix()).checks;
      await watch.skip(count);
      for (let tries = 0; tries < 3_000; tries += 1) {
        const matrix = await watch.matrix();
        if (matrix.checks >= before + count) return matrix;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`${count} checks were not made`);
    },
    end: async () => {
      await handle.terminate().catch(() => undefined);
    },
  };
  await watch.matrix();
  return watch;
}
