import { CancellationScope } from '@temporalio/workflow';
import type { DeploymentPlan } from '../../contracts/plan';
import { measure, quick } from '../support/activity-stubs';
import { approve } from '../support/approve';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';
import { applyStacks } from './apply-stacks';

/** Enough requests to see that the published name answers, from everywhere at once. */
const FIRST_LOOK = { seconds: 1, requestsPerSecond: 20 };

/**
 * Production traffic starts here, and is looked at once before anybody is told. From the first record on nobody can stop
 * it: it ends either promoted or with the records taken back.
 */
export async function promote(run: DeploymentRun, plan: DeploymentPlan): Promise<void> {
  await approvePromotion(run, plan);
  await run.pause.over();
  run.life = 'committing';
  await CancellationScope.nonCancellable(async () => {
    try {
      await publish(run, plan);
    } catch (error) {
      await takeRecordsBack(run);
      throw error;
    }
  });
}

/** Seed 004: critical production is approved step by step; this is the last step. */
async function approvePromotion(run: DeploymentRun, plan: DeploymentPlan): Promise<void> {
  const summary = `production traffic to ${run.request.hostname}`;
  const { criticality, environment, rollout } = run.request;
  const required = criticality === 'critical' && (environment === 'production' || rollout.approval !== 'none');
  const gate = { id: 'promotion', gate: 'promotion', digest: plan.digest, summary, irreversible: [] } as const;
  if (required) await approve(run, { ...gate, irreversible: [] }, 'validation', true);
}

async function publish(run: DeploymentRun, plan: DeploymentPlan): Promise<void> {
  const { hostname } = run.request;
  run.progress.enter('promotion', `publishing ${hostname}`, 'validation');
  await applyStacks(run, plan, 'global');
  const look = await measure.measureLoad(`${hostname} must answer now`, { ...run.on, hostname, ...FIRST_LOOK });
  if (look.failed > 0 || look.requests === 0) {
    throw stepFailure(
      'Validation.Failed',
      `${look.failed} of ${look.requests} requests to ${hostname} failed after it was published`,
    );
  }
  const { topology, replication, stacks, specs, rollout } = plan;
  const { request } = run;
  const live = { generation: run.input.generation, topology, replication, stacks, hostname, request, specs };
  const firstRegion = run.record?.live?.firstRegion ?? rollout.canary;
  await quick.recordPromotion('record what is live', { ...run.scope, live: { ...live, firstRegion } });
}

/** A promotion that failed half-way must not leave production traffic on a deployment that is called blocked. */
async function takeRecordsBack(run: DeploymentRun): Promise<void> {
  const { undone, left } = await run.compensations.undo(({ kind }) => kind === 'global');
  run.undone.push(...undone);
  run.leftovers.push(...left);
}
