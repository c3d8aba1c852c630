import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** A stretch of time, milliseconds since the epoch. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/**
 * Activities whose time is the platform's, a measurement's or a drill's own, not the orchestrator's. Everything that
 * is not named here counts as orchestration: the list can only make our own share look larger.
 */
const PLATFORM_ACTIVITIES = new Set([
  'planStacks',
  'readBeforeImages',
  'applyStack',
  'compensateStack',
  'retireStack',
  'bakeRegion',
  'probeRegion',
  'awaitReady',
  'awaitReplication',
  'fenceDatabase',
  'promoteDatabase',
  'rejoinDatabase',
  'compareDatabases',
  'measureLatency',
  'measureLoad',
  'writeAndRead',
  'startWriter',
  'finishWriter',
  'injectFault',
  'undoFault',
  'detectRegionLoss',
  'shiftTraffic',
  'awaitFirstWrite',
  'awaitAlarm',
]);

/** Spans of a workflow history that belong to platform operations, bakes, probes, drills, and timers (waits). */
export function platformSpans(events: HistoryEvent[]): Span[] {
  const names = new Map<string, string>();
  const started = new Map<string, number>();
  const spans: Span[] = [];
  for (const event of events) {
    const at = eventTimeMs(event);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) names.set(String(event.eventId), scheduled.activityType?.name ?? '');
    const start = event.activityTaskStartedEventAttributes;
    if (start && PLATFORM_ACTIVITIES.has(names.get(String(start.scheduledEventId)) ?? '')) {
      started.set(String(start.scheduledEventId), at);
    }
    if (event.timerStartedEventAttributes) started.set(`timer ${event.timerStartedEventAttributes.timerId}`, at);
    const key = closedKey(event);
    const from = key === undefined ? undefined : started.get(key);
    if (from !== undefined) spans.push({ fromMs: from, toMs: at });
  }
  return spans;
}

function closedKey(event: HistoryEvent): string | undefined {
  const activity =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  if (activity) return String(activity.scheduledEventId);
  const timer = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
  return timer ? `timer ${timer.timerId}` : undefined;
}

/** Milliseconds covered by at least one of the spans. */
export function coveredMs(spans: Span[]): number {
  let covered = 0;
  let reachedMs = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    covered += Math.max(0, toMs - Math.max(fromMs, reachedMs));
    reachedMs = Math.max(reachedMs, toMs);
  }
  return covered;
}

export function eventTimeMs(event: HistoryEvent): number {
  const { seconds, nanos } = event.eventTime ?? {};
  return Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1_000_000);
}
