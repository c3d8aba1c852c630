import { measure } from '../support/activity-stubs';
import type { Drilled } from './drilled';

/** Health checks of the edge ask every 10 s and give up after two: an alarm that takes longer did not work. */
const ALARM_MS = 30_000;

/** The region stays dead until the platform's own monitoring has said so, or had long enough to. */
export async function awaitAlarm(run: Drilled, region: string, since: string) {
  const input = { ...run.on, region, since, timeoutMs: ALARM_MS };
  const alarm = await measure.awaitAlarm(`${region}: wait for the alarm`, input);
  return alarm && { name: alarm.name, region, afterMs: Date.parse(alarm.at) - Date.parse(since) };
}
