import type { StackScope } from '../../activities/stacks';
import { previewHostname } from '../../contracts/preview-hostname';
import type { DeploymentRecord } from '../../contracts/record';
import type { DeploymentScope } from '../../platforms/platform';
import type { OperationRun } from '../operations/operation-run';
import { claimNextEpoch, type Mover } from '../steps/mover';
import { platform } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

/** What the steps of a failover need of whoever drills: a deployment that nobody uses yet, or an operation on what is live. */
export type Drilled = Mover & {
  readonly on: StackScope & DeploymentScope;
  /** the stream of numbered writes goes there */
  readonly previewHostname: string;
  /** how many rows the databases agreed on, per store, when they were last compared */
  readonly agreedRows: Map<string, number>;
  /**
   * Claimed in the record before the platform sees it, by compare-and-set on the epoch that is known: one that somebody
   * else has claimed meanwhile is never outbid.
   */
  claimEpoch(): Promise<void>;
  /** the record as it was changed just now */
  recorded(record: DeploymentRecord): void;
  /** writes and primary traffic go to a region; those in `drain` answer nobody */
  shift(summary: string, where: { to: string; drain: string[] }): Promise<unknown>;
};

export function drilledDeployment(run: DeploymentRun): Drilled {
  return {
    on: run.on,
    progress: run.progress,
    previewHostname: run.previewHostname,
    agreedRows: run.agreedRows,
    claimEpoch: () => claimNextEpoch(run),
    recorded: ({ epoch }) => {
      run.epoch = epoch;
    },
    shift: (summary, where) =>
      platform.shiftTraffic(summary, { ...run.on, hostname: run.previewHostname, ...where, epoch: run.epoch }),
    get epoch() {
      return run.epoch;
    },
    set epoch(epoch) {
      run.epoch = epoch;
    },
  };
}

export function drilledOperation(run: OperationRun): Drilled {
  return {
    on: run.on,
    progress: run.progress,
    previewHostname: previewHostname(run.live.hostname),
    agreedRows: new Map(),
    claimEpoch: async () => {
      const { standDownFor } = run;
      if (standDownFor) throw stepFailure('Operation.MadeWay', `the writes are left to ${standDownFor}`);
      await run.claimNextEpoch();
    },
    recorded: (record) => run.recorded(record),
    // the record names who is drained, so that whoever comes after a lost worker knows whom to return
    shift: (summary, where) =>
      platform.moveTraffic(summary, { ...run.on, hostname: run.live.hostname, ...where, epoch: run.epoch }),
    get epoch() {
      return run.epoch;
    },
    set epoch(epoch) {
      run.epoch = epoch;
    },
  };
}
