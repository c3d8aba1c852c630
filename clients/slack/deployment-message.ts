import type { types } from '@slack/bolt';
import type { Approval } from '../../contracts/approval';
import type { DeploymentPlan } from '../../contracts/plan';
import type { Progress } from '../../contracts/progress';
import type { DeploymentReport, FailureAnalysis, Verdict } from '../../contracts/report';
import { operationKeyFromWorkflowId } from '../../contracts/workflow-ids';
import { kindWords, whoSays } from '../explanation-words';
import { formatCount, formatMs, formatTime, shortDigest } from '../format';
import { tokenWords } from '../ledger-words';
import { broadened, costWords, countWords, dangers, replicationLines, rolloutWords } from '../plan-words';
import { approvalButtons } from './buttons';
import { codeBlock, cut, escaped, person } from './slack-text';

/** Slack refuses a section of more than 3,000 characters. */
const SECTION_CHARACTERS = 2_900;
const LISTED = 8;
const VERDICT_MARK: Record<Verdict, string> = {
  promoted: ':white_check_mark: promoted',
  blocked: ':large_yellow_square: blocked',
  'rolled-back': ':leftwards_arrow_with_hook: rolled back',
  failed: ':x: failed',
};

export interface DeploymentView {
  workflowId: string;
  progress: Progress | undefined;
  plan: DeploymentPlan | undefined;
  report?: DeploymentReport;
  /** in the Temporal Web UI */
  url?: string | undefined;
}

export interface SlackMessage {
  /** what notifications and screen readers say */
  text: string;
  blocks: types.KnownBlock[];
}

/** One deployment as one message: the plan, how it gets on, the buttons while an approval waits, the verdict. */
export function deploymentMessage(view: DeploymentView): SlackMessage {
  const { workflowId, progress, plan, report } = view;
  const approval = progress?.approval;
  const waits = approval?.state === 'waiting' && !report;
  const sections = [
    headline(view),
    ...(plan ? [planText(plan, report?.request.budget.usdPerMonth)] : []),
    ...(progress && !report ? [progressText(progress)] : []),
    ...(approval ? [approvalText(approval)] : []),
    ...(report ? [verdictText(report)] : []),
  ];
  return {
    text: cut(
      `${nameOf(workflowId)}: ${waits ? 'waits for an approval' : (report?.summary ?? phaseOf(progress))}`,
      300,
    ),
    blocks: [...sections.map(section), ...(waits ? [approvalButtons(workflowId, approval)] : [])],
  };
}

function section(text: string): types.KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, SECTION_CHARACTERS) } };
}

function headline({ workflowId, url, report, progress }: DeploymentView): string {
  const name = escaped(nameOf(workflowId));
  const state = report ? VERDICT_MARK[report.verdict] : phaseOf(progress);
  return `*${url ? `<${url}|${name}>` : name}*  ${state}`;
}

function nameOf(workflowId: string): string {
  const key = operationKeyFromWorkflowId(workflowId);
  return key ? `${key.kind} ${key.application}/${key.environment}, generation ${key.generation}` : workflowId;
}

function phaseOf(progress: Progress | undefined): string {
  if (!progress) return 'waits for its turn';
  return progress.paused ? `${progress.phase}, paused by ${person(progress.paused.by)}` : progress.phase;
}

/** What is lost comes first: nobody should approve it by overlooking it. */
function planText(plan: DeploymentPlan, budgetUsdPerMonth: number | undefined): string {
  const { topology, rollout, digest, irreversible } = plan;
  const regions = topology.regions.map(({ region, role }) => `${region} (${role})`).join(', ');
  return [
    ...list(':warning: *DANGER*', dangers(plan)),
    `*${escaped(countWords(plan))}*`,
    escaped(`${topology.mode}, ${regions}`),
    escaped(`${costWords(plan, budgetUsdPerMonth)} · plan ${shortDigest(digest)}`),
    escaped(`rollout ${rolloutWords(rollout)}: ${cut(rollout.reason, 400)}`),
    ...list('*Replication*', replicationLines(plan)),
    ...list('*Becomes wider*', broadened(plan)),
    ...list('*Irreversible*', irreversible),
  ].join('\n');
}

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - LISTED;
  return [
    title,
    ...lines.slice(0, LISTED).map((line) => `• ${escaped(cut(line, 250))}`),
    ...(rest > 0 ? [`• and ${rest} more`] : []),
  ];
}

function progressText({ regions, ledger, events }: Progress): string {
  const latest = events.at(-1)?.message;
  const lines = regions.map(({ region, role, state, detail }) => `${region}  ${role}  ${state}  ${detail}`.trimEnd());
  return [
    ...(lines.length > 0 ? [codeBlock(lines, 2_000)] : []),
    ...(latest ? [`_${escaped(cut(latest.replaceAll(/\s+/g, ' '), 400))}_`] : []),
    tokenWords(ledger),
  ].join('\n');
}

function approvalText({ state, summary, requester, decidedBy, comment, verified, expiresAt }: Approval): string {
  const asked = `${escaped(summary)}, asked for by ${person(requester)}`;
  if (state === 'waiting') return `:hourglass: Approval of ${asked}, until ${formatTime(expiresAt)}`;
  if (state === 'not-required') return `No approval was asked for: ${asked}`;
  const who = decidedBy === undefined ? '' : ` by ${person(decidedBy)}${verified ? '' : ' (unverified)'}`;
  return `Approval of ${asked}: *${state}*${who}${comment ? `: ${escaped(comment)}` : ''}`;
}

function verdictText({
  summary,
  failure,
  undone,
  leftovers,
  drill,
  timing,
  documents,
  request,
  proposals,
}: DeploymentReport): string {
  const page = documents.find(({ name }) => name === 'report.html')?.artifact.uri;
  return [
    `*${escaped(summary)}*`,
    ...(failure
      ? [`Failed in step ${failure.step} (${escaped(failure.type)}):`, codeBlock([failure.message], 900)]
      : []),
    ...(failure?.analysis ? analysisText(failure.analysis) : []),
    ...list('Undone', undone),
    ...list(
      'Still there',
      leftovers.map(({ ref, why }) => `${ref.region}/${ref.name}: ${why}`),
    ),
    ...(failure ? list('Next', failure.next) : list('Proposed', proposals ?? [])),
    ...(drill
      ? [
          `Drill: ${drill.region} lost, back after ${formatMs(drill.rtoMs)}, ${formatCount(drill.acknowledgedWritesLost)} acknowledged writes lost`,
        ]
      : []),
    `${formatMs(timing.wallMs)} in all; report: ${escaped(page ?? `meridian report ${request.application}/${request.environment} --html report.html`)}`,
  ].join('\n');
}

/** A model's words are escaped like any stranger's, and labelled; rules add the kind of trouble only. */
function analysisText(analysis: FailureAnalysis): string[] {
  const head = `*${escaped(whoSays(analysis))}*: ${kindWords(analysis)}`;
  if (analysis.decidedBy === 'rules') return [head];
  return [
    head,
    escaped(cut(analysis.cause, 400)),
    ...list(`Suggested by ${escaped(whoSays(analysis))}`, analysis.steps),
  ];
}
