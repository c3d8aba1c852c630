import type { StackRef } from '../../../contracts/stack';
import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient } from '../../connection';
import { plural } from '../../format';
import { retireDeployment } from '../../operations';
import { awaitResult } from '../../watch-deployment';
import { begunText } from '../begun-text';
import { EXIT } from '../exit-codes';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

export interface RetireCommandInput {
  target: Target;
  yes?: boolean;
  json?: boolean;
  by: string;
  signal?: AbortSignal;
}

interface RetireResult {
  destroyed: string[];
  leftovers: Array<{ ref: StackRef; why: string }>;
}

/** Destroys everything of a deployment and says what is left. Asks first, unless told not to. */
export async function runRetire(input: RetireCommandInput, terminal: Terminal): Promise<number> {
  const { target, by, signal } = input;
  const { application, environment } = target;
  if (!input.yes && !(await confirmed(input, terminal))) {
    terminal.err('nothing was destroyed\n');
    return EXIT.rejected;
  }
  const meridian = await connectClient(loadConfig());
  try {
    const begun = await retireDeployment(meridian, { application, environment, requester: by });
    terminal.err(begunText(begun));
    if (environment === 'production')
      terminal.err(
        `waits for somebody else’s "meridian approve ${deploymentName(target)}"; nothing is destroyed before\n`,
      );
    const result = await awaitResult<RetireResult>(meridian, begun.workflowId, signal);
    if (input.json) terminal.out(`${JSON.stringify(result, undefined, 2)}\n`);
    else terminal.out(retiredText(deploymentName(target), result));
    return result.leftovers.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await closeClient(meridian);
  }
}

async function confirmed({ target, signal }: RetireCommandInput, terminal: Terminal): Promise<boolean> {
  if (!terminal.canAsk)
    throw new ClientProblem(
      'bad-input',
      'there is no terminal to ask on; nothing was destroyed',
      'pass --yes to retire without being asked',
    );
  const question = `destroy everything of ${deploymentName(target)}, data included?`;
  return (await terminal.confirm(question, signal)) === true;
}

function retiredText(name: string, { destroyed, leftovers }: RetireResult): string {
  const lines = destroyed.map((stack) => `  - ${stack}`);
  lines.unshift(
    destroyed.length === 0
      ? `nothing of ${name} was there`
      : `destroyed ${plural(destroyed.length, 'stack')} of ${name}`,
  );
  for (const { ref, why } of leftovers) lines.push(`  left: ${ref.region}/${ref.name}: ${why}`);
  return `${lines.join('\n')}\n`;
}
