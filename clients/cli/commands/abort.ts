import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { deploymentStatus } from '../../observe';
import { abortDeployment } from '../../operations';
import { EXIT } from '../exit-codes';
import { type Target, targetName } from '../target';
import type { Terminal } from '../terminal';

/** Stops a deployment in order. Returns when the stop was accepted; what is undone is in the report. */
export async function runAbort(
  { target, reason, by }: { target: Target; reason: string; by: string },
  terminal: Terminal,
): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const workflowId = target.workflowId ?? (await deploymentStatus(meridian, target)).operation.workflowId;
    await abortDeployment(meridian, workflowId, { by, reason });
    terminal.out(`${workflowId} is stopping; follow it with: meridian status ${targetName(target)} --watch\n`);
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
