import type { DrillEntry } from '../../contracts/record';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { quick } from '../support/activity-stubs';

/** The drills of a deployment by its record, oldest first. Reads only; takes no slot. */
export async function listDrills(key: DeploymentKey): Promise<DrillEntry[]> {
  return (await quick.loadRecord('read the record', key)).drills;
}
