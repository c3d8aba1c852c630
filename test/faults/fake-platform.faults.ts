import { type Cell, isShort, tell } from './cells';
import { type MatrixOptions, type Phase, runMatrix } from './fake-matrix';
import { FAULTS } from './fault-kinds';
import { type FaultLanes, startFaultLanes } from './fault-lanes';

/** Acts that change something: where a dead worker can do harm. */
const ACTS = new Set(['apply', 'destroy', 'drain', 'fence', 'promote', 'rejoin', 'shift', 'inject', 'undo']);
/** Process lanes at once: each carries a whole worker. */
const PROCESSES = 2;

let lanes: FaultLanes;
beforeAll(async () => {
  lanes = await startFaultLanes();
});
afterAll(() => lanes.stop());

/** The short form takes each call once, its fault by turns: all faults come equally often. */
const sampled: MatrixOptions['choose'] = (_site, fault, index) => fault === FAULTS[index % FAULTS.length];

describe.each(['first deployment', 'change'] as const)('a %s on the fake platform', (phase) => {
  it('ends complete or compensated whatever happens to any call', async () => {
    expect(await broken(phase, { ...(isShort && { choose: sampled }) })).toEqual([]);
  });

  it('ends complete or compensated when its worker process is killed after an act', async () => {
    let acts = 0;
    const choose: MatrixOptions['choose'] = ({ name }, fault) => {
      if (fault !== 'killed' || !ACTS.has(name)) return false;
      acts += 1;
      return !isShort || acts <= PROCESSES;
    };
    expect(await broken(phase, { choose, processes: PROCESSES })).toEqual([]);
  });
});

async function broken(phase: Phase, options: Omit<MatrixOptions, 'tell'>): Promise<Cell[]> {
  const bad: Cell[] = [];
  await runMatrix(lanes, phase, { ...options, tell: (cell) => tell(cell, bad) });
  return bad;
}
