import { createBackupActivities } from './backups';
import { createDataActivities } from './data';
import type { ActivityDependencies } from './dependencies';
import { createDriftActivities } from './drift';
import { createDrillActivities } from './drill';
import { createDrillsActivities } from './drills';
import { createHealthMatrixActivities } from './health-matrix';
import { createOperationActivities } from './operations';
import { createPlanActivities } from './plan';
import { createProbeActivities } from './probes';
import { createRecordActivities } from './records';
import { createReportActivities } from './report';
import { createStackActivities } from './stacks';
import { withFailureTypes } from './support/failures';
import { createSweepActivities } from './sweep';
import { topologyActivities } from './topology';
import { createTrafficActivities } from './traffic';
import { createUpkeepActivities } from './upkeep';

export type Activities = ReturnType<typeof createActivities>;

/** The one registration list. */
export function createActivities(deps: ActivityDependencies) {
  return withFailureTypes({
    ...createRecordActivities(deps),
    ...topologyActivities,
    takeModelTurn: deps.takeModelTurn,
    /** read by each workflow as it starts, so that a restart with other settings does not change a run under way */
    readSettings: async () => deps.settings,
    ...createPlanActivities(deps),
    ...createStackActivities(deps),
    ...createDriftActivities(deps),
    ...createSweepActivities(deps),
    ...createTrafficActivities(deps),
    ...createDataActivities(deps),
    ...createBackupActivities(deps),
    ...createProbeActivities(deps),
    ...createDrillActivities(deps),
    ...createDrillsActivities(deps),
    ...createReportActivities(deps),
    ...createHealthMatrixActivities(deps),
    ...createOperationActivities(deps),
    ...createUpkeepActivities(deps),
  });
}
