import { ScheduleNotFoundError } from '@temporalio/client';
import { DRILL_CADENCES, type DrillKind, type DrillReport, drillReportSchema } from '../contracts/drill';
import type { LeaseStatus } from '../contracts/failover';
import type { OperationReport } from '../contracts/operation-report';
import type { DeploymentRecord, DrillEntry } from '../contracts/record';
import type { PlatformKind } from '../contracts/region';
import { type DeploymentKey, drillScheduleId } from '../contracts/workflow-ids';
import type { DeploymentScope } from '../platforms/platform';
import type { ActivityDependencies } from './dependencies';
import { changeRecord } from './records';
import { askDeployment } from './support/ask-deployment';
import { withHeartbeat } from './support/call-context';

const KEPT = 50;

/** What drills on live deployments need beside the acts of a drill: leases, the record, schedules. */
export function createDrillsActivities(deps: ActivityDependencies) {
  const change = changeRecord(deps.records);
  return {
    /** The lease of each store; null where the platform keeps none. */
    readLeases: (
      input: DeploymentScope & { platform: PlatformKind; stores: string[] },
    ): Promise<Array<LeaseStatus | null>> =>
      withHeartbeat(() =>
        Promise.all(
          input.stores.map(
            async (store) => (await deps.platform(input.platform).data.lease({ ...input, store })) ?? null,
          ),
        ),
      ),

    /** Says in the record that a fault is in force on purpose, or that it is over; only the drill that said so ends it. */
    recordDrilling: async (
      input: DeploymentKey & { drilling: NonNullable<DeploymentRecord['drilling']>; over?: boolean },
    ): Promise<void> => {
      await change(input, ({ drilling, ...found }) => {
        if (!input.over) return { ...found, drilling: input.drilling };
        return drilling && drilling.workflowId !== input.drilling.workflowId ? { ...found, drilling } : found;
      });
    },

    /** Files the report of a drill: as an artifact, and as an entry of the record. Repeating it adds nothing. */
    fileDrill: async (input: { report: DrillReport }): Promise<DrillEntry> => {
      const report = drillReportSchema.parse(input.report);
      const { application, environment, generation, at, kind, rtoMs, rpoMs, passed } = report;
      const artifact = await deps.artifacts.put(`${JSON.stringify(report, undefined, 2)}\n`, 'json');
      const entry = { at, generation, kind, rtoMs, passed, ...(rpoMs !== undefined && { rpoMs }), report: artifact };
      await change({ application, environment }, (found) => ({
        ...found,
        drills: [...found.drills.filter((one) => one.generation !== generation), entry].slice(-KEPT),
      }));
      return entry;
    },

    /** Asks the deployment for a drill. The same id asks for the same drill. */
    askForDrill: async ({
      drill,
      requester,
      id,
      ...key
    }: DeploymentKey & { drill: DrillKind; requester: string; id: string }) =>
      askDeployment(deps, key, { kind: 'drill', drill, requester, reason: 'scheduled' }, id),

    /** Waits until an operation has ended. */
    awaitOperation: ({ workflowId }: { workflowId: string }): Promise<OperationReport> =>
      withHeartbeat(async () => (await deps.client.workflow.getHandle(workflowId).result()) as OperationReport),

    /** Nothing is live any more: nothing drills it. */
    endDrillSchedules: async (key: DeploymentKey): Promise<void> => {
      for (const cadence of DRILL_CADENCES) {
        const handle = deps.client.schedule.getHandle(drillScheduleId(key, cadence));
        await handle.delete().catch((error: unknown) => {
          if (!(error instanceof ScheduleNotFoundError)) throw error;
        });
      }
    },
  };
}
