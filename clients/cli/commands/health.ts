import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { readHealth, startWatch } from '../../alerts';
import { closeClient, connectClient } from '../../connection';
import { EXIT, EXIT_SOMETHING_TO_DO } from '../exit-codes';
import { renderHealth } from '../render-health';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

export interface HealthInput {
  target: Target;
  json?: boolean;
  /** start the watch if it does not run */
  start?: boolean;
  /** exit with 2 when a region is yellow or red, with 1 when one is unknown, else with 0 */
  exitCode?: boolean;
}

/** Shows the health of a live deployment as its watch knows it. */
export async function runHealth({ target, json, start, exitCode }: HealthInput, terminal: Terminal): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    if (start) {
      await startWatch(meridian, target);
      terminal.err(`${deploymentName(target)} is watched\n`);
      return EXIT.ok;
    }
    const matrix = await readHealth(meridian, target);
    terminal.out(json ? `${JSON.stringify(matrix, undefined, 2)}\n` : renderHealth(matrix, terminal.outColors));
    if (!exitCode) return EXIT.ok;
    const levels = matrix.regions.map(({ alertLevel }) => alertLevel);
    if (levels.includes('red') || levels.includes('yellow')) return EXIT_SOMETHING_TO_DO;
    return levels.includes('unknown') ? EXIT.failed : EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
