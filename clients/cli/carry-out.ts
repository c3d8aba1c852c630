import type { MeridianClient } from '../connection';
import { workflowUrl } from '../connection';
import { type SubmitDeploymentInput, submitDeployment } from '../operations';
import { begunText } from './begun-text';
import { consoleProgress } from './console-progress';
import { EXIT } from './exit-codes';
import type { Terminal } from './terminal';
import { watchToVerdict } from './watch-to-verdict';

export interface CarryOutInput extends SubmitDeploymentInput {
  terminal: Terminal;
  /** approve the plan after showing it */
  yes?: boolean | undefined;
  json?: boolean | undefined;
  detach?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** Submits a request and follows it to its verdict, or leaves it to itself. Returns the exit code. */
export async function carryOut(meridian: MeridianClient, input: CarryOutInput): Promise<number> {
  const { request, requester, intake, revertDrift, terminal, yes, json, detach, signal } = input;
  const begun = await submitDeployment(meridian, { request, requester, intake, ...(revertDrift && { revertDrift }) });
  const { workflowId } = begun;
  terminal.err(begunText(begun, workflowUrl(meridian, workflowId)));
  if (detach) {
    terminal.out(json ? `${JSON.stringify(begun, undefined, 2)}\n` : `${workflowId}\n`);
    return EXIT.ok;
  }
  return watchToVerdict({
    ...{ meridian, workflowId, request, terminal, by: requester, progress: consoleProgress(terminal) },
    ...(yes && { yes }),
    ...(json && { json }),
    ...(signal && { signal }),
  });
}
