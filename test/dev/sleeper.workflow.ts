import { sleep, upsertSearchAttributes } from '@temporalio/workflow';
import { MERIDIAN_NEEDS_APPROVAL, MERIDIAN_REGIONS } from '../../contracts/search-attributes';

/** Sleeps for a day, having said so in the search attributes. */
export async function sleepForADay(): Promise<string> {
  upsertSearchAttributes([
    { key: MERIDIAN_REGIONS, value: ['eu-west-1', 'us-east-1'] },
    { key: MERIDIAN_NEEDS_APPROVAL, value: true },
  ]);
  await sleep('1 day');
  return 'rested';
}
