import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { deploymentStatus } from '../../observe';
import { resumeDeployment } from '../../pause';
import { EXIT } from '../exit-codes';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

/** Lets a paused deployment go on. */
export async function runResume({ target, by }: { target: Target; by: string }, terminal: Terminal): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const workflowId = target.workflowId ?? (await deploymentStatus(meridian, target)).operation.workflowId;
    await resumeDeployment(meridian, workflowId, { by });
    terminal.out(`${workflowId} goes on; follow it with: meridian status ${deploymentName(target)} --watch\n`);
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
