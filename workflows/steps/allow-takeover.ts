import { patched } from '@temporalio/workflow';
import type { DeploymentPlan } from '../../contracts/plan';
import { failoverChain } from '../../policies/health/failover-chain';
import { automationOf } from '../../policies/operations/automation';
import { platform } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';

/**
 * Tells the platform the approved plan of a failover: per store who may take over, in which order, and whether that may
 * happen without a person. It keeps the plan itself: a failover must not need a workflow.
 */
export async function allowTakeover(run: DeploymentRun, { topology, replication }: DeploymentPlan): Promise<void> {
  const stores = replication.stores.filter(({ engine, replicas }) => engine === 'postgresql' && replicas.length > 0);
  if (stores.length === 0 || !patched('automation')) return;
  const automation = automationOf(run.request);
  const { residency } = run.request.compliance;
  for (const { store, primary, replicas, readers = [] } of stores) {
    const { chain } = failoverChain(topology.regions, primary, residency);
    const able = [primary, ...chain.filter((region) => replicas.includes(region) && !readers.includes(region))];
    await platform.setAutomation(`${store}: who may take over`, { ...run.on, store, chain: able, automation });
    run.progress.say(`${store}: failover ${automation}, ${able.join(', then ')}`);
  }
}
