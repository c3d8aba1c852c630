import type { DeploymentPlan } from '../../contracts/plan';
import { quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { stepFailure } from '../support/failures';
import { applyStacks } from './deploy-regions';

/** Production traffic starts here, and is looked at once before anybody is told. */
export async function promote(run: DeploymentRun, plan: DeploymentPlan): Promise<void> {
  const { hostname } = run.request;
  run.progress.enter('promotion', `publishing ${hostname}`, 'validation');
  if (run.request.criticality === 'critical') {
    const gate = { id: 'promotion', gate: 'promotion', digest: plan.digest, irreversible: [] as string[] } as const;
    await run.approvals.pass({ ...gate, summary: `production traffic to ${hostname}` }, () =>
      run.progress.enter('approval', `waiting for approval of production traffic to ${hostname}`),
    );
  }
  try {
    await applyStacks(run, plan, 'global');
    const { regions } = await quick.resolveHostname(`${hostname} must resolve now`, { ...run.on, hostname });
    if (regions.length === 0)
      throw stepFailure('Validation.Failed', `${hostname} does not resolve after its records were made`);
  } catch (error) {
    await takeRecordsBack(run);
    throw error;
  }
  const { topology, stacks } = plan;
  await quick.recordPromotion('record what is live', {
    ...run.scope,
    generation: run.input.generation,
    topology,
    stacks,
    hostname,
  });
}

/** A promotion that failed half-way must not leave production traffic on a deployment that is called blocked. */
async function takeRecordsBack(run: DeploymentRun): Promise<void> {
  const { undone, left } = await run.compensations.undo(({ kind }) => kind === 'global');
  run.undone.push(...undone);
  run.leftovers.push(...left);
}
