import type { LabFault } from '../../lab/daemon/daemon-protocol';
import { stopTestLabs } from '../lab/running-lab';
import { type Mode, OpsLab, type RunResult } from './ops-lab';
import { Table } from './table';

/** `OPS=long`: as often as is promised; else as often as a CI can bear. */
const RUNS = Number(process.env.OPS_RUNS ?? (process.env.OPS === 'long' ? 50 : 2));
/** The lease of the lab, ms. */
const LEASE_MS = 3_000;

interface OpsCase {
  name: string;
  /** the outage is to be between these at p95, ms */
  within: [number, number];
  happens: (ops: OpsLab) => (region: string, id: string) => Promise<{ at: string; planned?: boolean }>;
  /** undone once the writes go on, before the region rejoins */
  undone: boolean;
}

const fault =
  (faultOf: (region: string) => LabFault) =>
  (ops: OpsLab) =>
  (region: string, id: string): Promise<{ at: string }> =>
    ops.inject(id, faultOf(region));

const CASES: OpsCase[] = [
  {
    name: 'database dies and comes back where it was',
    within: [0, 1_000],
    happens: fault((region) => ({ kind: 'kill-database', region, store: 'orders', comesBack: true })),
    undone: true,
  },
  {
    name: 'database dies for good, keeper alive',
    within: [0, 1_000],
    happens: fault((region) => ({ kind: 'kill-database', region, store: 'orders', comesBack: false })),
    undone: true,
  },
  {
    name: 'region killed with its keeper',
    within: [LEASE_MS - 1_000, LEASE_MS + 2_000],
    happens: fault((region) => ({ kind: 'kill-region', region })),
    undone: true,
  },
  {
    name: 'region stands still and goes on later',
    within: [LEASE_MS - 1_000, LEASE_MS + 2_000],
    happens: fault((region) => ({ kind: 'freeze-region', region })),
    undone: true,
  },
  {
    name: 'region cut off',
    within: [LEASE_MS - 1_000, LEASE_MS + 2_000],
    happens: fault((region) => ({ kind: 'cut-region', region })),
    undone: true,
  },
  {
    name: 'planned switchover',
    within: [0, 600],
    happens: (ops) => (region) => ops.switchOver(region),
    undone: false,
  },
];

const table = new Table();
afterAll(() => table.print());

describe.each<Mode>(['asynchronous', 'block'])('%s', (mode) => {
  let ops: OpsLab;
  beforeAll(async () => {
    ops = await OpsLab.start(mode);
  }, 180_000);
  afterAll(stopTestLabs);

  test.each(CASES)('$name', async ({ name, within, happens, undone }) => {
    const results: RunResult[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const result = await ops.run(happens(ops), async (region, id) => {
        if (undone) await ops.undo(id);
        await ops.rejoin(region);
      });
      results.push(result);
      expect(result.broken).toEqual([]);
    }
    table.add(`${mode}: ${name}`, results, within);
  });
});
