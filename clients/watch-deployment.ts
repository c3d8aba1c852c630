import type { Progress } from '../contracts/progress';
import type { DeploymentReport } from '../contracts/report';
import { deploymentWorkflowId, operationKeyFromWorkflowId } from '../contracts/workflow-ids';
import { ClientProblem, isDetached, toClientProblem } from './client-problem';
import type { MeridianClient } from './connection';
import { atStatus, deploymentResult, operationResult, operationStatus, queryProgress, unlessEnded } from './observe';

const POLL_MS = 500;
/** A restarting server or worker is waited for this long; the deployment itself does not mind. */
const PATIENCE_MS = 120_000;

export interface WatchOptions {
  /** aborted: stop watching; the deployment goes on */
  signal?: AbortSignal;
  /** worker or server do not answer, and why, told again when that is another reason; undefined: they do again */
  onTrouble?: (problem: ClientProblem | undefined) => void;
}

/** Follows a deployment until it ends and returns its report; see `follow`. */
export function watchDeployment(
  meridian: MeridianClient,
  workflowId: string,
  onProgress: (progress: Progress) => void | Promise<void>,
  options: WatchOptions = {},
): Promise<DeploymentReport> {
  return follow(meridian, workflowId, onProgress, { ...options, read: deploymentResult });
}

/**
 * Follows an operation until it ends and returns what `read` makes of its result. `onProgress` is called about twice a
 * second with the present state and the events since the last call; it may do something slow, such as ask a person.
 * Survives a worker or server that is away for up to two minutes. Throws a ClientProblem; `detached` when the signal
 * was aborted.
 */
export async function follow<Report>(
  meridian: MeridianClient,
  workflowId: string,
  onProgress: (progress: Progress) => void | Promise<void>,
  {
    signal,
    onTrouble = () => {},
    read,
  }: WatchOptions & { read: (meridian: MeridianClient, workflowId: string) => Promise<Report> },
): Promise<Report> {
  let sinceSeq = 0;
  let troubleSince: number | undefined;
  let told: string | undefined;
  for (;;) {
    if (signal?.aborted) throw new ClientProblem('detached', `no longer watching; ${workflowId} goes on`);
    try {
      const status = await operationStatus(meridian, workflowId);
      const progress = await queryProgress(meridian, workflowId, sinceSeq).catch(unlessEnded(status));
      if (troubleSince !== undefined) onTrouble(undefined);
      troubleSince = told = undefined;
      if (progress) {
        sinceSeq = progress.events.at(-1)?.seq ?? sinceSeq;
        await onProgress(atStatus(status, progress));
      }
      if (status !== 'RUNNING') return await read(meridian, workflowId);
    } catch (error) {
      const problem = toClientProblem(error, 'watch the deployment', meridian.address);
      if (isDetached(error) || !(await isPassing(meridian, workflowId, problem))) throw problem;
      // A queue takes as long as it takes; being away does not.
      if (problem.code === 'not-found') troubleSince = Date.now();
      troubleSince ??= Date.now();
      if (problem.message !== told) onTrouble(problem);
      told = problem.message;
      if (Date.now() - troubleSince > PATIENCE_MS) throw problem;
    }
    await pause(POLL_MS, signal);
  }
}

/**
 * Whether waiting can help. An operation that waits for its slot has a number but no workflow yet: that passes as long
 * as the entity runs that hands out the slots.
 */
async function isPassing(meridian: MeridianClient, workflowId: string, { code }: ClientProblem): Promise<boolean> {
  if (code !== 'not-found') return code === 'unreachable' || code === 'no-worker';
  const key = operationKeyFromWorkflowId(workflowId);
  if (!key) return false;
  const status = await operationStatus(meridian, deploymentWorkflowId(key)).catch(() => 'UNKNOWN');
  return status === 'RUNNING' || status === 'CONTINUED_AS_NEW';
}

/** The result of an operation that gives no report, such as a retirement. Waits until it ends or the signal is aborted. */
export async function awaitResult<Result>(
  meridian: MeridianClient,
  workflowId: string,
  signal?: AbortSignal,
): Promise<Result> {
  for (;;) {
    if (signal?.aborted) throw new ClientProblem('detached', `no longer watching; ${workflowId} goes on`);
    const status = await operationStatus(meridian, workflowId).catch(async (error: unknown) => {
      const problem = toClientProblem(error, 'wait for the result', meridian.address);
      if (await isPassing(meridian, workflowId, problem)) return 'RUNNING';
      throw problem;
    });
    if (status !== 'RUNNING') return operationResult<Result>(meridian, workflowId);
    await pause(POLL_MS, signal);
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
