import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { readFailovers } from '../../live-operations';
import { EXIT } from '../exit-codes';
import { renderFailovers } from '../render-operation';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

/** What failed over, and where the deployment stands by record and by what the platform says. */
export async function runFailovers(
  { target, json }: { target: Target; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const listing = await readFailovers(meridian, target);
    terminal.out(
      json ? `${JSON.stringify(listing, undefined, 2)}\n` : renderFailovers(deploymentName(target), listing),
    );
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
