import type { SweepResult } from '../../../contracts/sweep';
import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient } from '../../connection';
import { plural } from '../../format';
import { findOrphans, sweepOrphans } from '../../sweep';
import { awaitResult } from '../../watch-deployment';
import { begunText } from '../begun-text';
import { EXIT } from '../exit-codes';
import { renderSweep } from '../render-sweep';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

export interface SweepCommandInput {
  target: Target;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
  by: string;
  signal?: AbortSignal;
}

/**
 * Destroys what belongs to no deployment any more. Shows it first and asks, unless told not to; what is destroyed is
 * judged again when its turn comes.
 */
export async function runSweep(input: SweepCommandInput, terminal: Terminal): Promise<number> {
  const { target, dryRun, yes, json, by, signal } = input;
  const { application, environment } = target;
  const show = (result: SweepResult) =>
    terminal.out(json ? `${JSON.stringify(result, undefined, 2)}\n` : renderSweep(result, terminal.outColors));
  const meridian = await connectClient(loadConfig());
  try {
    const found = await findOrphans(meridian, { application, environment, requester: by });
    if (dryRun || found.orphans.length === 0) {
      show(found);
      return EXIT.ok;
    }
    if (!yes && !(await confirmed(found, input, terminal))) {
      terminal.err('nothing was destroyed\n');
      return EXIT.rejected;
    }
    const begun = await sweepOrphans(meridian, { application, environment, requester: by });
    terminal.err(begunText(begun));
    const result = await awaitResult<SweepResult>(meridian, begun.workflowId, signal);
    show(result);
    return result.failed.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await closeClient(meridian);
  }
}

async function confirmed(
  found: SweepResult,
  { target, signal }: SweepCommandInput,
  terminal: Terminal,
): Promise<boolean> {
  terminal.err(renderSweep(found, terminal.errColors));
  if (!terminal.canAsk)
    throw new ClientProblem(
      'bad-input',
      'there is no terminal to ask on; nothing was destroyed',
      'pass --yes to sweep without being asked',
    );
  const question = `destroy ${plural(found.orphans.length, 'orphan')} of ${deploymentName(target)}, data included?`;
  return (await terminal.confirm(question, signal)) === true;
}
