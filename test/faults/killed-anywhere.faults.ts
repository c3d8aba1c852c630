import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import fc from 'fast-check';
import type { LiveOperationRequest } from '../../contracts/messages';
import type { FakeCloud } from '../../platforms/fake/fake-cloud';
import { type Cell, isShort, tell } from './cells';
import { inTime } from './fault-worker';
import { type Ended, judge, SCENARIOS, type Scenario } from './killed-operation';
import { KilledWorld } from './killed-world';

/**
 * Operations and drills killed at random points: at one call to the platform the worker, the Temporal server or both die
 * by SIGKILL and come back. `FAULTS_SEED` repeats the choices of a run that failed.
 */
const RUNS = isShort ? 3 : 50;
const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 2 ** 31);

/** `before` the act, after it with its answer `lost`, or a moment `later`: while the record is written, or between acts. */
const caseOf = fc.record({
  at: fc.nat({ max: 999 }),
  when: fc.constantFrom('before', 'lost', 'later'),
  delayMs: fc.nat({ max: 300 }),
  victim: fc.constantFrom('worker', 'worker', 'server', 'both'),
});
type Kill = typeof caseOf extends fc.Arbitrary<infer Value> ? Value : never;

let world: KilledWorld;
beforeAll(async () => {
  world = await KilledWorld.start({ inFile: true });
});
afterAll(() => world.stop());

test(`operations and drills killed at random points end as if nothing had been (FAULTS_SEED=${SEED})`, async () => {
  const bad: Cell[] = [];
  const calls = new Map<string, number>();
  const offset = Math.abs(SEED) % SCENARIOS.length;
  for (const [index, kill] of fc.sample(caseOf, { numRuns: RUNS, seed: SEED }).entries()) {
    const scenario = SCENARIOS[(index + offset) % SCENARIOS.length] ?? SCENARIOS[0]!;
    let inAll = calls.get(scenario.name);
    if (inAll === undefined) {
      inAll = await untouched(scenario, bad);
      calls.set(scenario.name, inAll);
    }
    await killed(scenario, { ...kill, at: 1 + (kill.at % inAll) }, bad);
  }
  expect(bad).toEqual([]);
});

/** How many calls it makes, when nobody dies. */
async function untouched(scenario: Scenario, bad: Cell[]): Promise<number> {
  let calls = 0;
  const ended = await run(scenario, (_call, act) => {
    calls += 1;
    return act();
  });
  note(ended, { site: `${scenario.name}, nobody dies`, fault: 'none' }, bad);
  return calls;
}

async function killed(scenario: Scenario, { at, when, delayMs, victim }: Kill, bad: Cell[]): Promise<void> {
  let calls = 0;
  let site = `never, call ${at} did not come`;
  let dying: Promise<void> | undefined;
  const ended = await run(scenario, async ({ name, nth }, act) => {
    calls += 1;
    if (calls !== at) return act();
    site = `${when === 'later' ? `${delayMs} ms after` : when} ${name} #${nth} (call ${at})`;
    if (when === 'later') {
      dying = sleep(delayMs).then(() => die(victim));
      return act();
    }
    if (when === 'lost') await act();
    dying = die(victim);
    await dying;
    throw new Error('nobody listens any more');
  });
  await dying;
  note(ended, { site: `${scenario.name}: ${victim} dies ${site}`, fault: 'killed' }, bad);
}

async function die(victim: Kill['victim']): Promise<void> {
  if (victim !== 'worker') await world.fake.temporal.crash();
  if (victim !== 'server') await world.worker.kill();
}

function note(ended: Ended, { site, fault }: Pick<Cell, 'site' | 'fault'>, bad: Cell[]): void {
  const outcome = ended.report?.outcome ?? 'stuck';
  tell({ phase: `killed anywhere, seed ${SEED}`, site, fault, outcome, violations: judge(ended) }, bad);
}

async function run({ ask, prepare }: Scenario, intercept: NonNullable<FakeCloud['intercept']>): Promise<Ended> {
  const { live } = world;
  const { key, before, record } = await world.copy((cloud, present) => prepare?.(live, cloud, present));
  const { cloud } = world;
  cloud.intercept = intercept;
  const request = { ...ask(live), requester: 'ada' } as LiveOperationRequest;
  const ended = patiently(() => world.begin(key, request)).then((id) => patiently(() => world.result(id)));
  const report = await inTime(ended);
  return { request, before, record: await record(), cloud, ...(report && { report }) };
}

/** The server may be away for a moment. */
async function patiently<R>(ask: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw error;
      await sleep(200);
    }
  }
}
