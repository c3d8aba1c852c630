import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient, type MeridianClient, workflowUrl } from '../../connection';
import { shortDigest } from '../../format';
import { deploymentStatus, listDeployments } from '../../observe';
import { queueOf, withQueues } from '../../operation-queue';
import { consoleProgress, progressBlock } from '../console-progress';
import { EXIT } from '../exit-codes';
import { deploymentRows, queueLines, renderStatusList, stateText } from '../render-status';
import type { Target } from '../target';
import type { Terminal } from '../terminal';
import { watchToVerdict } from '../watch-to-verdict';
import { watchOperation } from './operate';

export interface StatusInput {
  target: Target | undefined;
  json?: boolean;
  watch?: boolean;
  signal?: AbortSignal;
}

/** Lists the newest operation of every deployment, or shows or follows one; says what runs and what waits. */
export async function runStatus({ target, json, watch, signal }: StatusInput, terminal: Terminal): Promise<number> {
  if (watch && !target)
    throw new ClientProblem('bad-input', 'say which deployment to watch: meridian status APP/ENV --watch');
  const meridian = await connectClient(loadConfig());
  try {
    if (!target) return await listAll(meridian, json, terminal);
    if (!watch) return await showOne(meridian, target, json, terminal);
    const { operation } = await deploymentStatus(meridian, target);
    const workflowId = target.workflowId ?? operation.workflowId;
    if (operation.kind !== 'deploy' && operation.kind !== 'retire')
      return await watchOperation(meridian, workflowId, { terminal, json, signal });
    const progress = consoleProgress(terminal);
    return await watchToVerdict({
      meridian,
      workflowId,
      request: undefined,
      terminal,
      progress,
      ...(json && { json }),
      ...(signal && { signal }),
    });
  } finally {
    await closeClient(meridian);
  }
}

async function listAll(meridian: MeridianClient, json: boolean | undefined, { out }: Terminal): Promise<number> {
  const rows = await withQueues(meridian, deploymentRows(await listDeployments(meridian)));
  if (json) out(`${JSON.stringify(rows, undefined, 2)}\n`);
  else out(rows.length === 0 ? 'no deployments yet\n' : renderStatusList(rows));
  return EXIT.ok;
}

async function showOne(
  meridian: MeridianClient,
  target: Target,
  json: boolean | undefined,
  terminal: Terminal,
): Promise<number> {
  const { operation, progress } = await deploymentStatus(meridian, target);
  const queue = await queueOf(meridian, target);
  if (json) {
    terminal.out(`${JSON.stringify({ operation, progress, ...(queue && { queue }) }, undefined, 2)}\n`);
    return EXIT.ok;
  }
  const endMs = operation.endedAt === undefined ? Date.now() : Date.parse(operation.endedAt);
  const live = operation.status === 'RUNNING' ? progress?.phase : undefined;
  const lines = [
    `${operation.workflowId}  ${stateText({ ...operation, phase: progress?.verdict ?? live ?? operation.phase })}  ${workflowUrl(meridian, operation.workflowId, operation.runId) ?? ''}`,
  ];
  if (progress) {
    const elapsedMs = endMs - Date.parse(operation.startedAt);
    // The last words of what was stopped from outside are about something that no longer happens.
    const isCurrent = operation.status !== 'TERMINATED' && operation.status !== 'TIMED_OUT';
    const latest = (isCurrent && progress.events.at(-1)?.message) || '';
    lines.push(
      ...progressBlock(progress, { elapsedMs, latest }, { columns: terminal.columns, errColors: terminal.outColors }),
    );
    if (progress.paused)
      lines.push(
        `paused by ${progress.paused.by}: ${progress.paused.reason}; go on with: meridian resume ${operation.workflowId}`,
      );
    if (progress.approval?.state === 'waiting')
      lines.push(
        `waiting for approval: meridian approve ${operation.workflowId} --digest ${shortDigest(progress.approval.digest)}`,
      );
  }
  if (queue) lines.push(...queueLines(queue, operation.workflowId));
  terminal.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
