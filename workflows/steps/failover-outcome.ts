import type { DrillPhase, FenceReceipt } from '../../contracts/validation';

/** A write that was sent to the new primary is acknowledged within this time, or the failover did not work. */
export const FIRST_WRITE_MS = 60_000;

export interface Failover {
  promoted: string;
  phases: DrillPhase[];
  /** of the store that was fenced last: from then on no database of the old region could write */
  fence: FenceReceipt;
  firstWriteMs: number;
}
