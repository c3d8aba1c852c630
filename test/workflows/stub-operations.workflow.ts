import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { standDownSignal } from '../../contracts/messages';

export { deployment } from '../../workflows/deployment';

export const finishSignal = defineSignal('finish');

type End = 'finished' | 'stood-down';

/** An operation that ends when it is told to, or when it has to make way; says which. No question is open here. */
async function operation(): Promise<End> {
  let end: End | undefined;
  setHandler(finishSignal, () => {
    end ??= 'finished';
  });
  setHandler(standDownSignal, ({ questionOnly }) => {
    if (!questionOnly) end ??= 'stood-down';
  });
  await condition(() => end !== undefined);
  return end ?? 'finished';
}

export const deployMultiRegion = operation;
export const drainRegion = operation;
export const promoteRegion = operation;
export const recordFailOver = operation;
export const recoverFromDisaster = operation;
export const rejoinRegion = operation;
export const retireDeployment = operation;
export const returnRegion = operation;
export const sweepOrphans = operation;
export const runDrill = operation;
export const switchOver = operation;
