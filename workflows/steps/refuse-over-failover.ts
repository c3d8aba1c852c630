import { patched } from '@temporalio/workflow';
import { judgeOperation } from '../../policies/operations/judge-operation';
import { isDiverged, newestEpoch } from '../../policies/operations/operating-state';
import { platform } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';

/**
 * A deployment never moves the primary, least of all back to a region that was lost: while a region is fenced, or the
 * platform has failed over and the record does not know it, nothing is changed.
 */
export async function refuseOverFailover(run: DeploymentRun): Promise<void> {
  const { record } = run;
  if (!record?.live || !record.primary || run.isPlanOnly) return;
  const judgement = judgeOperation({ kind: 'deploy' }, record, await hasFailedOver(run));
  if (judgement.kind === 'refused') throw stepFailure('Plan.Blocked', judgement.why);
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
