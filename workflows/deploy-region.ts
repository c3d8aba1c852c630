import type { ApplyOptions, StackScope } from '../activities/stacks';
import type { Compensation } from '../contracts/compensation';
import { LIVE_PATH } from '../contracts/probe-contract';
import type { Failure } from '../contracts/report';
import type { PlannedChange, StackArtifact, StackRef } from '../contracts/stack';
import { operationWorkflowId } from '../contracts/workflow-ids';
import { allHealthy, sickness } from '../policies/health';
import { patience } from '../policies/patience';
import { measure, platform } from './support/activity-stubs';
import { bake } from './support/bake';
import { Compensations } from './support/compensations';
import { describeFailure, realChangesOf, stepFailure } from './support/failures';
import { requireParent } from './support/parent';

export interface DeployRegionInput extends StackScope {
  account: string;
  region: string;
  /** the base stack of the region */
  artifact: StackArtifact;
  /** all stacks of the deployment, where parameters find their values */
  refs: StackRef[];
  /** how long health votes before the region counts; 0 for none */
  bakeSeconds: number;
  options: ApplyOptions;
  /** the region carries production traffic: it must be able to serve again, databases included, not only to live */
  mustServe: boolean;
}

export type DeployRegionResult =
  /** the way back passes to the parent, which now owns it */
  | { kind: 'deployed'; compensations: Compensation[] }
  | {
      kind: 'failed';
      failure: Failure;
      undone: string[];
      left: Array<{ ref: StackRef; why: string }>;
      /** nothing was done, because the platform would have done this, which is more than what was approved */
      realChanges?: PlannedChange[];
    };

/**
 * Brings up one region: apply, verify, bake. When that fails, or the deployment is stopped, it takes back what it did
 * and says both.
 */
export async function deployRegion(input: DeployRegionInput): Promise<DeployRegionResult> {
  requireParent(operationWorkflowId({ ...input, kind: 'deploy' }));
  const compensations = new Compensations(input);
  try {
    await compensations.apply(input.artifact, input.refs, input.options);
    await verify(input);
    await bake(input, input.region, input.bakeSeconds);
    return { kind: 'deployed', compensations: compensations.pending };
  } catch (error) {
    const failure = { region: input.region, ...describeFailure(error, 'regions') };
    const { undone, left } = await compensations.undo();
    const realChanges = realChangesOf(error);
    return { kind: 'failed', failure, undone, left, ...(realChanges && { realChanges }) };
  }
}

async function verify(input: DeployRegionInput): Promise<void> {
  if (input.mustServe) {
    await measure.awaitReady(`${input.region}: serves again`, {
      ...input,
      regions: [input.region],
      timeoutMs: patience(input.platform).serveAgainMs,
    });
    return;
  }
  const health = await platform.probeRegion(`${input.region}: probe health`, { ...input, path: LIVE_PATH });
  if (allHealthy(health)) return;
  const { service, detail } = sickness(health);
  throw stepFailure('Region.Unhealthy', `${service ?? 'the application'} in ${input.region} is unhealthy: ${detail}`, {
    region: input.region,
    ...(service && { resource: service }),
  });
}
