import { isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import type { DrillCadence, DrillKind } from '../contracts/drill';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { DRILL_SCHEDULES } from '../policies/drills/drill-schedules';
import { platform, quick } from './support/activity-stubs';
import { messageOf, stepFailure } from './support/failures';

export interface ScheduledDrillsInput extends DeploymentKey {
  cadence: DrillCadence;
}

export interface ScheduledDrillsResult {
  drills: Array<{ drill: string; workflowId?: string; outcome: string; summary: string }>;
}

/** The worker's key signs for it where one is needed, as it does for the watch: a gateway called "watch:". */
const DRILL_REQUESTER = 'watch:drills';

/**
 * The drills of one schedule, one after the other, each an operation of the deployment like any other. One that was not
 * done fails the run in the end, so that it is seen; those after it are held all the same. Ends its schedules when
 * nothing is live.
 */
export async function runScheduledDrills(input: ScheduledDrillsInput): Promise<ScheduledDrillsResult> {
  const { application, environment, cadence } = input;
  const key = { application, environment };
  const { live } = await quick.loadRecord('read what is live', key);
  if (!live) {
    await quick.endDrillSchedules('nothing is live: no further drill', key);
    return { drills: [] };
  }
  const drills: ScheduledDrillsResult['drills'] = [];
  for (const drill of DRILL_SCHEDULES[cadence].kinds) drills.push(await holdOne(input, drill));
  const failed = drills.filter(({ outcome }) => outcome !== 'done');
  const words = failed.map(({ drill, outcome, summary }) => `${drill} (${outcome}): ${summary}`);
  const standing = { cadence, at: new Date().toISOString(), held: drills.length, failed: words };
  if (patched('drills-on-record'))
    await quick.recordScheduledDrills('record what they came to', { ...key, drills: standing });
  if (failed.length === 0) return { drills };
  throw stepFailure('Validation.Failed', `${failed.length} of ${drills.length} drills: ${words.join('; ')}`);
}

async function holdOne(
  { application, environment }: ScheduledDrillsInput,
  drill: DrillKind,
): Promise<ScheduledDrillsResult['drills'][number]> {
  try {
    const asked = { application, environment, drill, requester: DRILL_REQUESTER };
    const answer = await quick.askForDrill(`ask for ${drill}`, { ...asked, id: `${workflowInfo().runId}/${drill}` });
    if ('refused' in answer) return { drill, outcome: 'refused', summary: answer.refused };
    const { workflowId } = answer;
    const { outcome, summary } = await platform.awaitOperation(`${drill}: until it has ended`, { workflowId });
    return { drill, workflowId, outcome, summary };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { drill, outcome: 'failed', summary: messageOf(error) };
  }
}
