import { loadConfig } from '../../../temporal.config';
import { closeClient, connectClient } from '../../connection';
import { detectDrift } from '../../drift';
import { EXIT, EXIT_SOMETHING_TO_DO } from '../exit-codes';
import { differs, renderDrift } from '../render-drift';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

export interface DriftCommandInput {
  target: Target;
  json?: boolean;
  /** exit with 2 when something differs, with 1 when that could not be told of every stack, else with 0 */
  exitCode?: boolean;
}

/** Says what somebody changed by hand in what is live, what is missing, and what nobody knows. */
export async function runDrift({ target, json, exitCode }: DriftCommandInput, terminal: Terminal): Promise<number> {
  const meridian = await connectClient(loadConfig());
  try {
    const report = await detectDrift(meridian, target);
    terminal.out(json ? `${JSON.stringify(report, undefined, 2)}\n` : renderDrift(report, terminal.outColors));
    if (!exitCode) return EXIT.ok;
    if (report.stacks.some(differs)) return EXIT_SOMETHING_TO_DO;
    return report.stacks.some(({ kind }) => kind === 'unknown') ? EXIT.failed : EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}
