import { type MiniStack, startMiniStack, useTestCredentials } from '../clouds/ministack';
import { type AwsLanes, startAwsLanes } from './aws-lanes';
import { runAwsMatrix, SCENARIOS } from './aws-matrix';
import { type Cell, isShort, tell } from './cells';
import { FAULTS, type FaultKind } from './fault-kinds';

useTestCredentials();
let cloud: MiniStack;
let lanes: AwsLanes;
beforeAll(async () => {
  cloud = await startMiniStack();
  lanes = await startAwsLanes(cloud.endpoint);
}, 400_000);
afterAll(async () => {
  await lanes?.stop();
  await cloud?.stop();
});

/** The short form takes each request once, its fault by turns. */
const sampled = (fault: FaultKind, index: number) => fault === FAULTS[index % FAULTS.length];

it.each(SCENARIOS)('%s ends complete or compensated whatever happens to any request', async (scenario) => {
  const bad: Cell[] = [];
  await runAwsMatrix(lanes, cloud.endpoint, scenario, {
    ...(isShort && { choose: sampled }),
    tell: (cell) => tell(cell, bad),
  });
  expect(bad).toEqual([]);
});
