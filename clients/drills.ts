import { randomUUID } from 'node:crypto';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { DRILL_CADENCES, type DrillCadence } from '../contracts/drill';
import type { DrillEntry } from '../contracts/record';
import { type DeploymentKey, drillScheduleId, scheduledDrillsWorkflowId } from '../contracts/workflow-ids';
import { DRILL_CATCH_UP_MS, DRILL_JITTER_MS, DRILL_SCHEDULES } from '../policies/drills/drill-schedules';
import { call, type MeridianClient, requireWorker } from './connection';
import { requireKnown } from './observe';

const TIMEOUT_MS = 30_000;

export interface ScheduledDrills {
  cadence: DrillCadence;
  id: string;
  paused: boolean;
  /** ISO; absent: none is due, or the server does not say */
  next?: string;
}

export interface DrillListing {
  /** oldest first */
  drills: DrillEntry[];
  schedules: ScheduledDrills[];
}

/** The drills of a deployment by its record, and the schedules that hold more. Throws a ClientProblem. */
export async function readDrills(
  meridian: MeridianClient,
  { application, environment }: DeploymentKey,
): Promise<DrillListing> {
  const key = { application, environment };
  const doing = 'read the drills';
  await requireKnown(meridian, key);
  await requireWorker(meridian, doing);
  const drills = await call(meridian, doing, TIMEOUT_MS, () =>
    meridian.client.workflow.execute('listDrills', {
      workflowId: `drills-of/${application}/${environment}/${randomUUID()}`,
      taskQueue: meridian.taskQueue,
      args: [key],
      workflowExecutionTimeout: TIMEOUT_MS,
      staticSummary: `drills of ${application} in ${environment}`,
    }),
  );
  return { drills: drills as DrillEntry[], schedules: await readSchedules(meridian, key) };
}

/** Makes the three schedules; those that exist stay as they are. Throws a ClientProblem. */
export async function scheduleDrills(
  meridian: MeridianClient,
  { application, environment }: DeploymentKey,
): Promise<ScheduledDrills[]> {
  const key = { application, environment };
  await requireKnown(meridian, key);
  for (const cadence of DRILL_CADENCES)
    await call(meridian, 'schedule the drills', TIMEOUT_MS, () => createSchedule(meridian, key, cadence));
  return readSchedules(meridian, key);
}

async function createSchedule(meridian: MeridianClient, key: DeploymentKey, cadence: DrillCadence): Promise<void> {
  const { calendar, kinds, words } = DRILL_SCHEDULES[cadence];
  try {
    await meridian.client.schedule.create({
      scheduleId: drillScheduleId(key, cadence),
      spec: { calendars: [calendar], jitter: DRILL_JITTER_MS },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: DRILL_CATCH_UP_MS },
      action: {
        type: 'startWorkflow',
        workflowType: 'runScheduledDrills',
        workflowId: scheduledDrillsWorkflowId(key, cadence),
        taskQueue: meridian.taskQueue,
        args: [{ ...key, cadence }],
        staticSummary: `${words}: ${kinds.join(', ')} of ${key.application} in ${key.environment}`,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** Pauses, resumes or removes all three; those that do not exist are left out. Throws a ClientProblem. */
export async function changeSchedules(
  meridian: MeridianClient,
  { application, environment }: DeploymentKey,
  change: 'pause' | 'resume' | 'remove',
  by: string,
): Promise<ScheduledDrills[]> {
  const key = { application, environment };
  await requireKnown(meridian, key);
  for (const { id } of await readSchedules(meridian, key)) {
    const handle = meridian.client.schedule.getHandle(id);
    await call(meridian, `${change} the drills`, TIMEOUT_MS, () => {
      if (change === 'remove') return handle.delete();
      return change === 'pause' ? handle.pause(`paused by ${by}`) : handle.unpause(`resumed by ${by}`);
    });
  }
  return readSchedules(meridian, key);
}

async function readSchedules(meridian: MeridianClient, key: DeploymentKey): Promise<ScheduledDrills[]> {
  const found = await Promise.all(
    DRILL_CADENCES.map((cadence) =>
      call(meridian, 'read the schedules', TIMEOUT_MS, () => readSchedule(meridian, key, cadence)),
    ),
  );
  return found.filter((one) => one !== undefined);
}

async function readSchedule(
  { client }: MeridianClient,
  key: DeploymentKey,
  cadence: DrillCadence,
): Promise<ScheduledDrills | undefined> {
  const id = drillScheduleId(key, cadence);
  try {
    const { state, info } = await client.schedule.getHandle(id).describe();
    const next = info.nextActionTimes[0]?.toISOString();
    return { cadence, id, paused: state.paused, ...(next && { next }) };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}
