import type { StepName } from '../../contracts/decision';
import { platform } from './activity-stubs';
import type { Gate } from './approvals';
import type { DeploymentRun } from './deployment-run';

/** One activity of this length after the other: the history of a long wait grows by the hour. */
const VOTE_SECONDS = 3_600;

/**
 * Asks at a gate, if anybody has to be asked here. What has been brought up so far votes on with its health while a
 * person thinks.
 * @param required for gates that the request or its criticality asks for whatever the environment
 */
export async function approve(
  run: DeploymentRun,
  gate: Gate,
  step: StepName,
  required: boolean = run.mustAsk,
): Promise<void> {
  const opened = () => run.progress.enter('approval', `waiting for approval of ${gate.summary}`, step);
  const vote = run.deployed.length > 0 ? () => voteOnHealth(run) : undefined;
  await run.approvals.pass(gate, { required, opened, vote });
}

async function voteOnHealth(run: DeploymentRun): Promise<never> {
  const input = { ...run.on, regions: [...run.deployed], seconds: VOTE_SECONDS };
  for (;;) await platform.watchRegions('health votes while a person thinks', input);
}
