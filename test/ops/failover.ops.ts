import { stopTestLabs } from '../lab/running-lab';
import { Chance } from './chance';
import { type Mode, OpsLab } from './ops-lab';
import { type OpsCase, type RunResult, runCase } from './run';
import {
  fault,
  faultFor,
  killBackend,
  killPostmaster,
  stopKeeper,
  switchOverWithoutKeeper,
  terminateBackend,
} from './strikes';
import { Table } from './table';

/** `OPS=long`: as often as is promised; else as often as a CI can bear. */
const RUNS = Number(process.env.OPS_RUNS ?? (process.env.OPS === 'long' ? 50 : 2));
/** The lease of the lab, ms. */
const LEASE_MS = 3_000;
const SILENCE: [number, number] = [LEASE_MS - 1_000, LEASE_MS + 2_000];
/** A link comes back before the lease is over, around its end, or when somebody else has long taken over. */
const LINK_BACK_WITHIN_MS = 8_000;

const chance = new Chance(Number(process.env.OPS_SEED ?? Date.now() % 1_000_000));

const CASES: OpsCase[] = [
  { name: 'one session ended by pg_terminate_backend', within: [0, 1_000], strike: terminateBackend, leads: 'same' },
  { name: 'one backend killed', within: [0, 1_000], strike: killBackend, leads: 'same-unless-slow' },
  {
    name: 'postmaster killed while a session is busy',
    within: [0, 1_000],
    strike: killPostmaster,
    leads: 'same-unless-slow',
  },
  {
    name: 'database dies and comes back where it was',
    within: [0, 1_000],
    strike: fault((region) => ({ kind: 'kill-database', region, store: 'orders', comesBack: true })),
    leads: 'same-unless-slow',
  },
  {
    name: 'database dies for good, keeper alive',
    within: [0, 1_000],
    strike: fault((region) => ({ kind: 'kill-database', region, store: 'orders', comesBack: false })),
  },
  {
    name: 'region killed with its keeper',
    within: SILENCE,
    strike: fault((region) => ({ kind: 'kill-region', region })),
  },
  {
    name: 'region stands still and goes on later',
    within: SILENCE,
    strike: fault((region) => ({ kind: 'freeze-region', region })),
  },
  { name: 'keeper stands still alone, its database lives', within: SILENCE, strike: stopKeeper },
  { name: 'region cut off', within: SILENCE, strike: fault((region) => ({ kind: 'cut-region', region })) },
  {
    name: 'region cut off, the link back at a random moment',
    within: [0, LEASE_MS + 2_000],
    strike: faultFor(
      (region) => ({ kind: 'cut-region', region }),
      () => chance.upTo(LINK_BACK_WITHIN_MS),
    ),
  },
  {
    name: 'planned switchover',
    within: [0, 600],
    strike: (ops, region) => ops.switchOver(region),
    leads: 'planned',
  },
  {
    name: 'planned switchover, a keeper killed on the way',
    // writes may stand still for the switchover already when it dies
    within: [0, 1_000 + LEASE_MS + 2_000],
    strike: switchOverWithoutKeeper(chance),
    leads: 'anybody',
    // where nothing may be lost, whoever leads in the end
    mode: 'block',
  },
];

const table = new Table();
afterAll(() => table.print(`moments at random: OPS_SEED=${chance.seed}`));

describe.each<Mode>(['asynchronous', 'block'])('%s', (mode) => {
  let ops: OpsLab;
  beforeAll(async () => {
    ops = await OpsLab.start(mode);
  }, 180_000);
  afterAll(stopTestLabs);

  // a broken promise fails the run; how long an outage lasted is told in the table, because it says as much about the machine
  test.each(CASES.filter((one) => (one.mode ?? mode) === mode))('$name', async (one) => {
    const results: RunResult[] = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const result = await runCase(ops, one, `${mode}-${CASES.indexOf(one)}-${run}`);
      results.push(result);
      expect(result.broken).toEqual([]);
    }
    table.add(`${mode}: ${one.name}`, results, one.within);
  });
});
