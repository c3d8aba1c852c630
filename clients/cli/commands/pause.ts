import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { deploymentStatus } from '../../observe';
import { pauseDeployment } from '../../pause';
import { EXIT } from '../exit-codes';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

/** Pauses a deployment. Returns when that was accepted; what is under way goes on to its end. */
export async function runPause(
  { target, reason, by }: { target: Target; reason: string; by: string },
  terminal: Terminal,
): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const workflowId = target.workflowId ?? (await deploymentStatus(meridian, target)).operation.workflowId;
    await pauseDeployment(meridian, workflowId, { by, reason });
    terminal.out(`${workflowId} begins nothing new; go on with: meridian resume ${deploymentName(target)}\n`);
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
