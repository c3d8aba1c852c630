import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { standDownSignal } from '../../contracts/messages';

export { deployment } from '../../workflows/deployment';

export const finishSignal = defineSignal('finish');

type End = 'finished' | 'stood-down';

/** An operation that ends when it is told to, or when it has to make way; says which. */
function operation(): Promise<End> {
  return ended({ makesWay: true });
}

/** One that waits for nobody's decision: it has nothing to give up for an emergency. */
function busy(): Promise<End> {
  return ended({ makesWay: false });
}

async function ended({ makesWay }: { makesWay: boolean }): Promise<End> {
  let end: End | undefined;
  setHandler(finishSignal, () => {
    end ??= 'finished';
  });
  setHandler(standDownSignal, () => {
    if (makesWay) end ??= 'stood-down';
  });
  await condition(() => end !== undefined);
  return end ?? 'finished';
}

export const deployMultiRegion = operation;
export const drainRegion = operation;
export const promoteRegion = busy;
export const recordFailOver = operation;
export const recoverFromDisaster = busy;
export const rejoinRegion = operation;
export const retireDeployment = busy;
export const returnRegion = operation;
export const sweepOrphans = operation;
export const runDrill = operation;
export const switchOver = operation;
