import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities';
import type { ActivityDependencies } from '../activities/dependencies';
import { dataConverter } from '../payload-codec';

/** Deployments under way on one worker at a time; more of them wait in the task queue. */
const MAX_CONCURRENT_ACTIVITIES = 50;

export interface WorkerInput {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  workflows: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;
  dependencies: ActivityDependencies;
}

export function createWorker({
  connection,
  namespace,
  taskQueue,
  workflows,
  dependencies,
}: WorkerInput): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    ...workflows,
    dataConverter,
    activities: createActivities(dependencies),
    maxConcurrentActivityTaskExecutions: MAX_CONCURRENT_ACTIVITIES,
    shutdownGraceTime: '3 seconds',
    shutdownForceTime: '8 seconds',
  });
}
