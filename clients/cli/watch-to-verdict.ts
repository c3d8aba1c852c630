import type { Approval } from '../../contracts/approval';
import type { Progress } from '../../contracts/progress';
import type { DeploymentReport } from '../../contracts/report';
import { deploymentName, operationKeyFromWorkflowId } from '../../contracts/workflow-ids';
import { ClientProblem } from '../client-problem';
import { type MeridianClient, workflowUrl } from '../connection';
import { formatTime, shortDigest } from '../format';
import { queryPlan } from '../observe';
import { decideApproval } from '../operations';
import { watchDeployment } from '../watch-deployment';
import type { ProgressView } from './console-progress';
import { EXIT, exitCodeOfReport } from './exit-codes';
import { renderPlan } from './render-plan';
import { renderVerdict } from './render-verdict';
import type { Terminal } from './terminal';

export interface WatchToVerdictInput {
  meridian: MeridianClient;
  workflowId: string;
  /** who decides when this command is asked to; undefined: only watch */
  by?: string;
  yes?: boolean;
  json?: boolean;
  /** shown with the plan */
  request: { budget: { usdPerMonth: number } } | undefined;
  terminal: Terminal;
  progress: ProgressView;
  signal?: AbortSignal;
}

/** Follows a deployment to its end, deals with approvals on the way, prints the verdict and returns its exit code. */
export async function watchToVerdict(input: WatchToVerdictInput): Promise<number> {
  const { meridian, workflowId, terminal, progress, signal } = input;
  const seen = new Set<string>();
  try {
    const report = await watchDeployment(
      meridian,
      workflowId,
      async (state) => {
        progress.update(state);
        await dealWithApproval(input, state, seen);
      },
      { ...(signal && { signal }), onTrouble: (problem) => progress.note(troubleText(problem)) },
    );
    progress.clear();
    printVerdict(report, input);
    return exitCodeOfReport(report);
  } catch (error) {
    progress.clear();
    if (!(error instanceof ClientProblem) || error.code !== 'detached') throw error;
    terminal.err(detachedText(workflowId));
    return EXIT.interrupted;
  }
}

function troubleText(problem: ClientProblem | undefined): string {
  if (problem === undefined) return 'the answer is back';
  return `${problem.message}; still watching, the deployment goes on as soon as it can`;
}

/** Each approval is dealt with once; a refused decision leaves it to someone else. */
async function dealWithApproval(input: WatchToVerdictInput, { approval }: Progress, seen: Set<string>): Promise<void> {
  if (approval?.state !== 'waiting' || seen.has(approval.id)) return;
  seen.add(approval.id);
  const { terminal, progress, workflowId, by } = input;
  progress.clear();
  await showPlan(input, approval);
  const decision = by === undefined ? undefined : await decide(input, approval);
  if (by === undefined || decision === undefined) {
    if (!input.signal?.aborted) terminal.err(howToApprove(workflowId, approval));
    return;
  }
  try {
    const comment = input.yes ? 'approved by --yes, after the plan was shown' : undefined;
    await decideApproval(input.meridian, workflowId, {
      approvalId: approval.id,
      digest: approval.digest,
      decision,
      by,
      ...(comment !== undefined && { comment }),
    });
    terminal.err(`${decision === 'approve' ? 'approved' : 'rejected'} by ${by}\n`);
  } catch (error) {
    if (!(error instanceof ClientProblem) || error.code !== 'refused') throw error;
    terminal.err(`${error.message}\n${howToApprove(workflowId, approval)}`);
  }
}

async function showPlan({ meridian, workflowId, request, terminal }: WatchToVerdictInput, approval: Approval) {
  const plan = await queryPlan(meridian, workflowId);
  if (plan) terminal.err(renderPlan(plan, { budgetUsdPerMonth: request?.budget.usdPerMonth }, terminal.errColors));
  terminal.err(
    `approval of ${approval.summary}, digest ${shortDigest(approval.digest)}, until ${formatTime(approval.expiresAt)}\n`,
  );
}

async function decide(
  { yes, terminal, signal }: WatchToVerdictInput,
  approval: Approval,
): Promise<'approve' | 'reject' | undefined> {
  // --yes was said of a plan; whether rules may decide instead of a model is another question.
  if (yes && approval.gate !== 'decision') return 'approve';
  if (yes) return undefined;
  const answer = await terminal.confirm(`approve ${shortDigest(approval.digest)}?`, signal);
  if (answer === undefined) return undefined;
  return answer ? 'approve' : 'reject';
}

function howToApprove(workflowId: string, { digest }: Approval): string {
  return `waiting for a decision: meridian approve ${workflowId} --digest ${shortDigest(digest)}\n`;
}

function detachedText(workflowId: string): string {
  const key = operationKeyFromWorkflowId(workflowId);
  const name = key ? deploymentName(key) : workflowId;
  return `\nno longer watching; ${workflowId} goes on.\n  watch again  meridian status ${name} --watch\n  stop it      meridian abort ${workflowId}\n`;
}

export function printVerdict(
  report: DeploymentReport,
  { meridian, json, terminal }: Pick<WatchToVerdictInput, 'meridian' | 'json' | 'terminal'>,
): void {
  if (json) {
    terminal.out(`${JSON.stringify(report, undefined, 2)}\n`);
    return;
  }
  const links = {
    workflowUrl: workflowUrl(meridian, report.workflow.id, report.workflow.runId),
    reportPath: localPath(report),
  };
  terminal.out(renderVerdict(report, links, terminal.outColors));
}

/** Where the page was written, as its worker knows the place. */
function localPath({ documents }: DeploymentReport): string | undefined {
  return documents.find(({ name }) => name === 'report.html')?.artifact.uri;
}
