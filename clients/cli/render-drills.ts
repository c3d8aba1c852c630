import { drillRows } from '../../policies/drills/drill-rows';
import { DRILL_SCHEDULES } from '../../policies/drills/drill-schedules';
import type { DrillListing, ScheduledDrills } from '../drills';
import { formatMs, formatTime } from '../format';
import type { Colors } from './terminal';
import { textTable } from './text-table';

/** The drills of a deployment, newest first, and what is scheduled. */
export function renderDrills(name: string, { drills, schedules }: DrillListing, colors: Colors): string {
  const rows = drillRows(drills)
    .reverse()
    .map(({ kind, at, rtoMs, rpoMs, passed, rtoChangeMs }) => [
      kind,
      formatTime(at),
      formatMs(rtoMs),
      rpoMs === undefined ? '-' : formatMs(rpoMs),
      passed ? 'passed' : 'FAILED',
      trendWords(rtoChangeMs),
    ]);
  const table =
    rows.length === 0
      ? `no drill of ${name} was held: meridian drill ${name} region-loss\n`
      : textTable([['KIND', 'WHEN', 'RTO', 'RPO', 'RESULT', 'RTO AGAINST LAST'], ...rows]);
  const colored = table.replaceAll(' FAILED', ` ${colors.red('FAILED')}`);
  const scheduled =
    schedules.length === 0 ? `none is scheduled: meridian drills schedule ${name}\n` : renderSchedules(schedules);
  return `${colored}\n${scheduled}`;
}

/** What each schedule holds and when it does next. */
export function renderSchedules(schedules: readonly ScheduledDrills[]): string {
  if (schedules.length === 0) return 'none is scheduled\n';
  const rows = schedules.map(({ cadence, paused, next }) => {
    const { kinds, words } = DRILL_SCHEDULES[cadence];
    return [cadence, words, paused ? 'paused' : next ? `next ${formatTime(next)}` : '-', kinds.join(', ')];
  });
  return textTable([['SCHEDULE', 'WHEN', 'STATE', 'DRILLS'], ...rows]);
}

function trendWords(ms: number | undefined): string {
  if (ms === undefined) return '-';
  if (Math.abs(ms) < 1) return 'same';
  return `${formatMs(Math.abs(ms))} ${ms < 0 ? 'faster' : 'slower'}`;
}
