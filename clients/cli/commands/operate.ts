import type { LiveOperationRequest } from '../../../contracts/messages';
import type { OperationReport } from '../../../contracts/operation-report';
import { deploymentName } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient, type MeridianClient, workflowUrl } from '../../connection';
import { operateOn, questionOf, readOperationReport } from '../../live-operations';
import { follow } from '../../watch-deployment';
import { begunText } from '../begun-text';
import { consoleProgress } from '../console-progress';
import { EXIT } from '../exit-codes';
import { exitCodeOfOperation, renderOperation } from '../render-operation';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

export interface OperateCommandInput {
  target: Target;
  request: LiveOperationRequest;
  yes?: boolean | undefined;
  json?: boolean | undefined;
  detach?: boolean | undefined;
  signal?: AbortSignal;
}

/** Asks for an operation on what is live and follows it to its report. What cannot be taken back is asked about first. */
export async function runOperation(input: OperateCommandInput, terminal: Terminal): Promise<number> {
  const { target, request, signal } = input;
  if (!(await isWanted(input, terminal))) {
    terminal.err('nothing was done\n');
    return EXIT.rejected;
  }
  const meridian = await connectClient(loadConfig());
  try {
    const begun = await operateOn(meridian, target, request);
    const { workflowId } = begun;
    terminal.err(begunText(begun, workflowUrl(meridian, workflowId)));
    if (input.detach) {
      terminal.out(input.json ? `${JSON.stringify(begun, undefined, 2)}\n` : `${workflowId}\n`);
      return EXIT.ok;
    }
    return await watchOperation(meridian, workflowId, { terminal, json: input.json, signal });
  } finally {
    await closeClient(meridian);
  }
}

/** Follows an operation to its report and prints it. Returns the exit code. */
export async function watchOperation(
  meridian: MeridianClient,
  workflowId: string,
  { terminal, json, signal }: { terminal: Terminal; json?: boolean | undefined; signal?: AbortSignal | undefined },
): Promise<number> {
  const report = await followToReport(meridian, workflowId, terminal, signal);
  printOperation(report, terminal, json);
  return exitCodeOfOperation(report);
}

export function printOperation(report: OperationReport, terminal: Terminal, json?: boolean): void {
  terminal.out(json ? `${JSON.stringify(report, undefined, 2)}\n` : renderOperation(report, terminal.outColors));
}

async function followToReport(
  meridian: MeridianClient,
  workflowId: string,
  terminal: Terminal,
  signal: AbortSignal | undefined,
): Promise<OperationReport> {
  const view = consoleProgress(terminal);
  let asked = '';
  try {
    return await follow(
      meridian,
      workflowId,
      (progress) => {
        view.update(progress);
        const { approval } = progress;
        if (approval?.state !== 'waiting' || approval.id === asked) return;
        asked = approval.id;
        view.note(`waiting for approval of ${approval.summary}: meridian approve ${workflowId}`);
      },
      { ...(signal && { signal }), read: readOperationReport },
    );
  } finally {
    view.clear();
  }
}

async function isWanted({ target, request, yes, signal }: OperateCommandInput, terminal: Terminal): Promise<boolean> {
  const question = questionOf(request, deploymentName(target));
  if (!question || yes) return true;
  if (!terminal.canAsk)
    throw new ClientProblem(
      'bad-input',
      'there is no terminal to ask on; nothing was done',
      `pass --yes to ${request.kind} without being asked`,
    );
  return (await terminal.confirm(question, signal)) === true;
}
