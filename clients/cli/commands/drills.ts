import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient, type MeridianClient } from '../../connection';
import { changeSchedules, readDrills, scheduleDrills } from '../../drills';
import { EXIT } from '../exit-codes';
import { renderDrills, renderSchedules } from '../render-drills';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

/** Shows the drills of a deployment, each beside the one of its kind before it, and what is scheduled. */
export async function runDrills(
  { target, json }: { target: Target; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  return withClient(async (meridian) => {
    const listing = await readDrills(meridian, target);
    terminal.out(
      json
        ? `${JSON.stringify(listing, undefined, 2)}\n`
        : renderDrills(deploymentName(target), listing, terminal.outColors),
    );
  });
}

export interface DrillScheduleInput {
  target: Target;
  /** what to do with the schedules; make them when left out */
  change?: 'pause' | 'resume' | 'remove';
  json?: boolean;
  by: string;
}

/** Makes, pauses, resumes or removes the schedules of a deployment, and prints those that it has then. */
export async function runDrillSchedule(input: DrillScheduleInput, terminal: Terminal): Promise<number> {
  const { target, change, json, by } = input;
  return withClient(async (meridian) => {
    const schedules = change
      ? await changeSchedules(meridian, target, change, by)
      : await scheduleDrills(meridian, target);
    terminal.out(json ? `${JSON.stringify(schedules, undefined, 2)}\n` : renderSchedules(schedules));
  });
}

async function withClient(act: (meridian: MeridianClient) => Promise<void>): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    await act(meridian);
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
