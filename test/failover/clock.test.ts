import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { bootTimeMs, createBootClock, UPTIME_STEP_MS } from '../../failover/clock';

/** How long a reading of the uptime takes in the played machine, ms. */
const READ_MS = 0.02;
const SLACK_MS = 5 * READ_MS;

type Act = { kind: 'run' | 'sleep' | 'set the time of day'; ms: number };

const acts = fc.array(
  fc.record<Act>({
    kind: fc.constantFrom('run', 'run', 'sleep', 'set the time of day'),
    ms: fc.oneof(fc.double({ min: 0.01, max: 30, noNaN: true }), fc.double({ min: 30, max: 100_000, noNaN: true })),
  }),
  { minLength: 1, maxLength: 30 },
);

/** A machine whose times are known; `asked` counts readings of the uptime. */
function createMachine(startMs: number) {
  const machine = { bootMs: startMs, monotonicMs: 0, wallOffsetMs: 1.7e12, asked: 0 };
  const act = ({ kind, ms }: Act) => {
    if (kind === 'set the time of day') machine.wallOffsetMs += ms;
    else machine.bootMs += ms;
    if (kind === 'run') machine.monotonicMs += ms;
  };
  const clock = createBootClock({
    monotonicMs: () => machine.monotonicMs,
    uptimeMs: () => {
      machine.asked += 1;
      act({ kind: 'run', ms: READ_MS });
      return Math.floor(machine.bootMs / UPTIME_STEP_MS) * UPTIME_STEP_MS;
    },
    wallMs: () => Math.floor(machine.bootMs + machine.wallOffsetMs),
  });
  return { machine, clock, act };
}

describe('the boot-time clock', () => {
  it('counts while the machine sleeps, from the first reading after it, and never goes back', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), acts, (startMs, played) => {
        const { machine, clock, act } = createMachine(startMs);
        let before = clock();
        let sleeps = 0;
        for (const one of played) {
          act(one);
          sleeps += one.kind === 'sleep' ? 1 : 0;
          const now = clock();
          // What a short sleep leaves behind, and one of two milliseconds that the time of day does not show.
          const behindMs = sleeps > 0 ? UPTIME_STEP_MS + 2 : 0;
          expect(now).toBeGreaterThanOrEqual(before);
          expect(now - machine.bootMs).toBeGreaterThanOrEqual(-behindMs - SLACK_MS);
          expect(now - machine.bootMs).toBeLessThanOrEqual(UPTIME_STEP_MS + SLACK_MS);
          before = now;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('never counts an interval in which the machine slept for long as shorter than it was', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.integer({ min: 20, max: 100_000 }),
        (startMs, ms) => {
          const { machine, clock, act } = createMachine(startMs);
          const [from, sentAt] = [machine.bootMs, clock()];
          act({ kind: 'sleep', ms });
          const passed = clock() - sentAt;
          expect(passed).toBeGreaterThanOrEqual(machine.bootMs - from - SLACK_MS);
          expect(passed).toBeLessThanOrEqual(machine.bootMs - from + UPTIME_STEP_MS + SLACK_MS);
        },
      ),
    );
  });

  it('reads the uptime once in ten milliseconds, however often it is asked', () => {
    const { machine, clock, act } = createMachine(123_456);
    machine.asked = 0;
    for (let time = 0; time < 1_000; time++) {
      act({ kind: 'run', ms: 0.1 });
      clock();
    }
    expect(machine.asked).toBeLessThanOrEqual(12);
  });

  it('is that of this machine', async () => {
    const first = bootTimeMs();
    const [before, monotonic] = [bootTimeMs(), performance.now()];
    while (performance.now() - monotonic < 50);
    expect(bootTimeMs() - before).toBeGreaterThanOrEqual(49);
    expect(before).toBeGreaterThanOrEqual(first);
    if (process.platform !== 'linux') return;
    const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000;
    expect(bootTimeMs()).toBeGreaterThanOrEqual(uptimeMs - 1);
    expect(bootTimeMs() - uptimeMs).toBeLessThan(UPTIME_STEP_MS + 100);
  });
});
