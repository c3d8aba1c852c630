import type { WriteLogEntry } from '../../contracts/validation';

/**
 * The longest time in which no write was acknowledged, from a time on to the end of the log, in milliseconds. It begins
 * with the last acknowledgement before that time, or with that time when there was none.
 * @param sinceMs milliseconds since the epoch, the writer's clock
 */
export function longestPauseMs(log: readonly WriteLogEntry[], sinceMs: number): number {
  const acknowledged = log.filter(({ outcome }) => outcome === 'acknowledged').map(({ endedAtMs }) => endedAtMs);
  const before = acknowledged.filter((ms) => ms < sinceMs);
  const after = acknowledged.filter((ms) => ms >= sinceMs).sort((a, b) => a - b);
  const times = [Math.max(...before, before.length > 0 ? 0 : sinceMs), ...after];
  const end = Math.max(times.at(-1) ?? sinceMs, ...log.map(({ endedAtMs }) => endedAtMs));
  return Math.max(0, ...[...times.slice(1), end].map((ms, index) => ms - (times[index] ?? ms)));
}
