import { sleep } from '@temporalio/workflow';
import type { StepName } from '../../contracts/decision';
import { platform } from './activity-stubs';
import type { Gate } from './approvals';
import type { DeploymentRun } from './deployment-run';
import { failureTypeOf, messageOf } from './failures';

/** One activity of this length after the other: the history of a long wait grows by the hour. */
const VOTE_SECONDS = 3_600;
const LOOK_AGAIN_MS = 300_000;

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

/** Who cannot be seen abstains: a platform that does not answer is no reason to undo what serves. */
async function voteOnHealth(run: DeploymentRun): Promise<never> {
  const input = { ...run.on, regions: [...run.deployed], seconds: VOTE_SECONDS };
  for (;;) {
    try {
      await platform.watchRegions('health votes while a person thinks', input);
    } catch (error) {
      if (!isUnseen(error)) throw error;
      run.progress.say(`health cannot be seen at present: ${messageOf(error)}`);
      await sleep(LOOK_AGAIN_MS);
    }
  }
}

function isUnseen(error: unknown): boolean {
  const type = failureTypeOf(error);
  return type === 'Platform.Unavailable' || type === 'Platform.Throttled';
}
