import { uptime } from 'node:os';

/** What a boot-time clock is made of; all in ms. */
export interface ClockSources {
  /** finely counted, never goes back; may stand still while the machine sleeps */
  monotonicMs(): number;
  /** counts while the machine sleeps too, in steps of `UPTIME_STEP_MS`; costs a call of the system */
  uptimeMs(): number;
  /** the time of day: jumps when the machine wakes, and when somebody sets it */
  wallMs(): number;
}

/** Linux tells its uptime in hundredths of a second, rounded down. */
export const UPTIME_STEP_MS = 10;

/** The time of day is counted in whole ms: two readings that nothing happened between differ by less than this. */
const WALL_JITTER_MS = 2;

/**
 * A clock that counts while the machine sleeps (`CLOCK_BOOTTIME`) and never goes back. An interval without a sleep is as
 * exact as the monotonic clock. One with a sleep of more than two `UPTIME_STEP_MS` is never too short and at most one step
 * too long: a keeper stops early rather than late; a shorter sleep may be missed by one step. The uptime is read when
 * the time of day has jumped, as it does when the machine wakes, and every `UPTIME_STEP_MS`: the clock may be asked for
 * every byte.
 */
export function createBootClock({ monotonicMs, uptimeMs, wallMs }: ClockSources): () => number {
  let readAt = monotonicMs();
  let wallLead = wallMs() - readAt;
  let ahead = leadAtStep();

  /** How far the boot time is ahead of the monotonic one: exact just after a step, and never too much read in this order. */
  function leadAtStep(): number {
    const first = uptimeMs();
    for (;;) {
      const next = uptimeMs();
      if (next !== first) return next - monotonicMs();
    }
  }

  return () => {
    const now = monotonicMs();
    const wallLeadNow = wallMs() - now;
    if (now - readAt >= UPTIME_STEP_MS || Math.abs(wallLeadNow - wallLead) >= WALL_JITTER_MS) {
      const found = uptimeMs() - monotonicMs();
      if (found > ahead) ahead = found > ahead + UPTIME_STEP_MS ? found + UPTIME_STEP_MS : found;
      readAt = now;
      wallLead = wallLeadNow;
    }
    return now + ahead;
  };
}

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

let clock: (() => number) | undefined;

/**
 * This machine's boot-time clock in ms. On macOS Node's monotonic clock counts while the machine sleeps (libuv takes
 * `mach_continuous_time`). A virtual machine that its host stops is not asleep: whether its clocks count is up to the host.
 */
export function bootTimeMs(): number {
  clock ??=
    process.platform === 'linux'
      ? createBootClock({ monotonicMs, uptimeMs: () => uptime() * 1_000, wallMs: Date.now })
      : monotonicMs;
  return clock();
}
