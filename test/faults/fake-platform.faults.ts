import { type Cell, isShort, tell } from './cells';
import { type MatrixOptions, runMatrix } from './fake-matrix';
import { SCENARIOS, type Scenario } from './fake-scenarios';
import { FAULTS, isAct } from './fault-kinds';
import { type FaultLanes, startFaultLanes } from './fault-lanes';

/** Process lanes at once: each carries a whole worker. */
const PROCESSES = 2;
const KILLED_FOR_REAL = SCENARIOS.filter(({ goesOnFrom }) => !goesOnFrom);

let lanes: FaultLanes;
beforeAll(async () => {
  lanes = await startFaultLanes();
});
afterAll(() => lanes.stop());

/** The short form takes each call once, its fault by turns: all faults come equally often. */
const sampled: MatrixOptions['choose'] = (_site, fault, index) => fault === FAULTS[index % FAULTS.length];

describe('on the fake platform', () => {
  it.each(SCENARIOS)('a $name ends complete or compensated whatever happens to any call', async (scenario) => {
    expect(await broken(scenario, { ...(isShort && { choose: sampled }) })).toEqual([]);
  });

  it.each(KILLED_FOR_REAL)('a $name ends complete when its worker process is killed after an act', async (scenario) => {
    let acts = 0;
    const choose: MatrixOptions['choose'] = (site, fault) => {
      if (fault !== 'killed' || !isAct(site)) return false;
      acts += 1;
      return !isShort || acts <= PROCESSES;
    };
    expect(await broken(scenario, { choose, processes: PROCESSES })).toEqual([]);
  });
});

async function broken(scenario: Scenario, options: Omit<MatrixOptions, 'tell'>): Promise<Cell[]> {
  const bad: Cell[] = [];
  await runMatrix(lanes, scenario, { ...options, tell: (cell) => tell(cell, bad) });
  return bad;
}
