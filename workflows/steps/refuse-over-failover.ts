import { patched } from '@temporalio/workflow';
import { canRejoin, keepsFenced } from '../../policies/operations/fenced-regions';
import { judgeOperation } from '../../policies/operations/judge-operation';
import { deploymentState, isDiverged, newestEpoch } from '../../policies/operations/operating-state';
import { platform } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

/**
 * A deployment never moves the primary, least of all back to a region that was lost: while a region is fenced, or the
 * platform has failed over and the record does not know it, nothing is changed. But where a fenced region cannot rejoin
 * it may leave, with all its stacks: see `refuseFencedRegions`.
 */
export async function refuseOverFailover(run: DeploymentRun): Promise<void> {
  const { record } = run;
  if (!record?.live || !record.primary || run.isPlanOnly) return;
  const diverged = await hasFailedOver(run);
  const judgement = judgeOperation({ kind: 'deploy' }, record, diverged);
  const mayLeave = deploymentState(record, diverged) === 'failed-over' && !canRejoin(record.live.request.platform);
  if (judgement.kind === 'refused' && !mayLeave) throw stepFailure('Plan.Blocked', judgement.why);
}

/** Asked once it is known which regions a request means: a fenced one never stays. */
export function refuseFencedRegions({ record, topology, isPlanOnly }: DeploymentRun): void {
  const refusal = record?.live && topology && !isPlanOnly ? keepsFenced(record, topology) : undefined;
  if (refusal) throw stepFailure('Plan.Blocked', refusal);
}

async function hasFailedOver(run: DeploymentRun): Promise<boolean> {
  const { on, record } = run;
  const stores = (record?.live?.replication?.stores ?? [])
    .filter(({ engine }) => engine === 'postgresql')
    .map(({ store, primary, replicas }) => ({ store, regions: [primary, ...replicas] }));
  if (!record || stores.length === 0 || !patched('lease-before-plan')) return false;
  const writers = await platform.findWriters('who takes the writes', { ...on, stores });
  run.epoch = newestEpoch(run, writers);
  return isDiverged(record, writers);
}
