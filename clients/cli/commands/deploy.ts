import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient, type MeridianClient, workflowUrl } from '../../connection';
import { submitDeployment } from '../../operations';
import { begunText } from '../begun-text';
import { consoleProgress } from '../console-progress';
import { EXIT } from '../exit-codes';
import { readCheckedRequest } from '../read-checked-request';
import { renderRequestProblems } from '../render-problems';
import { processTerminal, type Terminal } from '../terminal';
import { watchToVerdict } from '../watch-to-verdict';

export interface RunDeployInput {
  /** path of the request file */
  file: string;
  /** approve the plan after showing it */
  yes?: boolean;
  /** print the report document, and nothing else, on `terminal.out` */
  json?: boolean;
  /** return as soon as the deployment has its number */
  detach?: boolean;
  /** also put back what was changed by hand */
  revertDrift?: boolean;
  by: string;
  terminal?: Terminal;
  /** aborted: stop watching; the deployment goes on */
  signal?: AbortSignal;
  /** the server to use; default: the configured one */
  connect?: () => Promise<MeridianClient>;
}

/**
 * Carries a request file to its verdict: checks it, submits it, shows progress, asks for or gives the approval, prints
 * the verdict. Returns the exit code. Throws a ClientProblem when server or worker do not answer.
 */
export async function runDeploy(input: RunDeployInput): Promise<number> {
  const { file, terminal = processTerminal(), connect = () => connectClient(loadConfig()) } = input;
  const checked = await readCheckedRequest(file);
  if ('problems' in checked) {
    terminal.err(renderRequestProblems(file, checked.problems, terminal.errColors));
    return EXIT.badInput;
  }
  const { request } = checked;
  if (input.yes && request.environment === 'production') throw ownYes();
  const needsPerson = request.rollout.approval !== 'none' && !input.yes && !input.detach;
  if (needsPerson && !terminal.canAsk) throw nobodyToAsk();
  const meridian = await connect();
  try {
    const begun = await submitDeployment(meridian, {
      request,
      requester: input.by,
      ...(input.revertDrift && { revertDrift: true }),
    });
    const url = workflowUrl(meridian, begun.workflowId);
    terminal.err(begunText(begun, url));
    if (input.detach) return detached(begun, input.json, terminal);
    return await watchToVerdict({
      ...input,
      meridian,
      workflowId: begun.workflowId,
      request,
      terminal,
      progress: consoleProgress(terminal),
    });
  } finally {
    await closeClient(meridian);
  }
}

/** Nobody approves their own request there: the deployment would wait for somebody else all the same. */
function ownYes(): ClientProblem {
  return new ClientProblem(
    'bad-input',
    '--yes cannot approve for production, where somebody else than the requester must; nothing was started',
    'leave --yes out, or pass --detach; another person decides with "meridian approve"',
  );
}

/** Found out before anything starts: later, the deployment would wait for an answer that cannot come. */
function nobodyToAsk(): ClientProblem {
  return new ClientProblem(
    'bad-input',
    'the plan needs an approval and there is no terminal to ask on; nothing was started',
    'pass --yes to approve it, or --detach and use "meridian approve" from elsewhere',
  );
}

function detached(
  begun: { workflowId: string; generation: number; ahead: number },
  json: boolean | undefined,
  { out }: Terminal,
): number {
  if (json) out(`${JSON.stringify(begun, undefined, 2)}\n`);
  else out(`${begun.workflowId}\n`);
  return EXIT.ok;
}
