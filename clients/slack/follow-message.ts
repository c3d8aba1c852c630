import type { webApi } from '@slack/bolt';
import type { DeploymentPlan } from '../../contracts/plan';
import type { Progress } from '../../contracts/progress';
import type { DeploymentReport } from '../../contracts/report';
import { operationKeyFromWorkflowId } from '../../contracts/workflow-ids';
import { ClientProblem } from '../client-problem';
import { type MeridianClient, workflowUrl } from '../connection';
import { readOperationReport } from '../live-operations';
import { queryPlan } from '../observe';
import { renderReportHtml } from '../report/render-report';
import { follow, watchDeployment } from '../watch-deployment';
import { type DeploymentView, deploymentMessage, type SlackMessage } from './deployment-message';
import type { FollowedMessage } from './followed-messages';
import { operationMessage } from './operation-message';

/** Slack allows about one edit a second in a channel. */
const EDIT_INTERVAL_MS = 1_500;

export interface FollowInput {
  meridian: MeridianClient;
  slack: webApi.WebClient;
  message: FollowedMessage;
  signal: AbortSignal;
  /** what went wrong without stopping the deployment: an edit that was refused, a file that could not be sent */
  onTrouble: (text: string) => void;
}

/** Keeps a message up to date until its deployment has ended, then adds the report. Throws a ClientProblem. */
export async function followMessage(input: FollowInput): Promise<void> {
  const { meridian, slack, message, signal, onTrouble } = input;
  const { workflowId, channel, ts } = message;
  if (!hasPlan(workflowId)) return followOperation(input);
  const view: DeploymentView = {
    workflowId,
    progress: undefined,
    plan: undefined,
    url: workflowUrl(meridian, workflowId),
  };
  const planOf = planReader(meridian, workflowId);
  let shown = '';
  let editedMs = 0;
  const show = async () => {
    const content = deploymentMessage(view);
    const rendered = JSON.stringify(content);
    if (rendered === shown) return;
    editedMs = Date.now();
    const edited = await slack.chat
      .update({ channel, ts, ...content })
      .catch((error: Error) => onTrouble(error.message));
    // What was not shown is tried again: the next look at the deployment finds a difference.
    if (edited) shown = rendered;
  };
  const report = await watchDeployment(
    meridian,
    workflowId,
    async (progress) => {
      view.progress = withLatestEvent(progress, view.progress);
      view.plan = await planOf(progress);
      if (Date.now() - editedMs >= EDIT_INTERVAL_MS) await show();
    },
    { signal },
  ).catch((error: unknown) => {
    if (error instanceof ClientProblem && ['stopped', 'workflow-failed'].includes(error.code)) return error;
    throw error;
  });
  if (report instanceof ClientProblem) {
    await slack.chat.update({ channel, ts, text: `${workflowId}: ${report.message}`, blocks: [] });
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, editedMs + EDIT_INTERVAL_MS - Date.now())));
  view.report = report;
  view.plan ??= report.plan;
  await show();
  await sendReport(slack, message, report, view.url).catch((error: Error) =>
    onTrouble(`the report of ${workflowId} could not be uploaded: ${error.message}`),
  );
}

/** Keeps a message about an operation on what is live up to date until its report replaces it. */
async function followOperation({ meridian, slack, message, signal, onTrouble }: FollowInput): Promise<void> {
  const { workflowId, channel, ts } = message;
  const url = workflowUrl(meridian, workflowId);
  let editedMs = 0;
  let shown = '';
  const edit = async (content: SlackMessage) => {
    const rendered = JSON.stringify(content);
    if (rendered === shown) return;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, editedMs + EDIT_INTERVAL_MS - Date.now())));
    editedMs = Date.now();
    const edited = await slack.chat
      .update({ channel, ts, ...content })
      .catch((error: Error) => onTrouble(error.message));
    if (edited) shown = rendered;
  };
  let latest: Progress | undefined;
  const report = await follow(
    meridian,
    workflowId,
    (progress) => {
      latest = withLatestEvent(progress, latest);
      return edit(deploymentMessage({ workflowId, progress: latest, plan: undefined, url }));
    },
    { signal, read: readOperationReport },
  );
  await edit(operationMessage(report, url));
}

/** Only deployments have one; an operation on what is live follows the plan that is. */
function hasPlan(workflowId: string): boolean {
  const kind = operationKeyFromWorkflowId(workflowId)?.kind;
  return kind === undefined || kind === 'deploy' || kind === 'retire';
}

/** The message as it should be at this moment, for a click that must be answered before the next look. */
export async function currentMessage(meridian: MeridianClient, workflowId: string, progress: Progress) {
  const plan = await planReader(meridian, workflowId)(progress);
  return deploymentMessage({ workflowId, progress, plan, url: workflowUrl(meridian, workflowId) });
}

/** A poll without news has no events: the last words stay. */
function withLatestEvent(progress: Progress, before: Progress | undefined): Progress {
  return progress.events.length > 0 || !before ? progress : { ...progress, events: before.events.slice(-1) };
}

/** The plan is large and hardly ever changes: it is read again when something else is to be approved. */
function planReader(meridian: MeridianClient, workflowId: string) {
  let plan: DeploymentPlan | undefined;
  let readFor: string | undefined;
  return async ({ phase, approval }: Progress): Promise<DeploymentPlan | undefined> => {
    if (!hasPlan(workflowId)) return undefined;
    if (phase === 'topology' || phase === 'plan') return plan;
    const wanted = `${approval?.id} ${approval?.digest}`;
    if (!plan || wanted !== readFor) plan = await queryPlan(meridian, workflowId);
    readFor = wanted;
    return plan;
  };
}

async function sendReport(
  slack: webApi.WebClient,
  { channel, ts }: FollowedMessage,
  report: DeploymentReport,
  url: string | undefined,
): Promise<void> {
  await slack.files.uploadV2({
    channel_id: channel,
    thread_ts: ts,
    filename: `${report.workflow.id.replaceAll('/', '-')}.html`,
    title: `Report of ${report.workflow.id}`,
    content: renderReportHtml(report, url === undefined ? {} : { workflowUrl: url }),
  });
}
