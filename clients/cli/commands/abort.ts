import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { stopOperation } from '../../stop-operation';
import { EXIT } from '../exit-codes';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

/** Stops an operation in order. Returns when the stop was accepted; what is undone is in the report. */
export async function runAbort(
  { target, reason, by }: { target: Target; reason: string; by: string },
  terminal: Terminal,
): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const { workflowId, withdrawn } = await stopOperation(meridian, target, { by, reason });
    terminal.out(
      withdrawn
        ? `${workflowId} was waiting and does not begin any more\n`
        : `${workflowId} is stopping; follow it with: meridian status ${deploymentName(target)} --watch\n`,
    );
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
