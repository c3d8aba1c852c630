import type { Approval } from '../../../contracts/approval';
import { deploymentName, operationKeyFromWorkflowId } from '../../../contracts/workflow-ids';
import { loadConfig } from '../../../temporal.config';
import { ClientProblem } from '../../client-problem';
import { closeClient, connectClient, type MeridianClient } from '../../connection';
import { shortDigest } from '../../format';
import { deploymentStatus, queryPlan, queryProgress } from '../../observe';
import { readQueue, underWay } from '../../operation-queue';
import { decideApproval } from '../../operations';
import { EXIT } from '../exit-codes';
import { renderPlan } from '../render-plan';
import type { Target } from '../target';
import type { Terminal } from '../terminal';

export interface ApproveInput {
  target: Target;
  reject?: boolean;
  comment?: string;
  /** the plan that was read: first characters of its digest */
  digest?: string;
  yes?: boolean;
  by: string;
  signal?: AbortSignal;
}

/** Decides the approval that waits. Says yes only to a plan that was named by its digest or shown and confirmed. */
export async function runApprove(input: ApproveInput, terminal: Terminal): Promise<number> {
  const config = loadConfig();
  // Found out before a person reads the plan, not after.
  if (input.target.environment === 'production' && config.signing.keyFile === undefined) throw unsigned();
  const meridian = await connectClient(config);
  try {
    const { workflowId, approval } = await waitingApproval(meridian, input);
    refuseOtherDigest(approval, input.digest);
    if (!input.reject && !(await mayApprove(meridian, workflowId, approval, input, terminal))) {
      terminal.err('nothing was decided\n');
      return EXIT.badInput;
    }
    await decideApproval(meridian, workflowId, {
      approvalId: approval.id,
      digest: approval.digest,
      decision: input.reject ? 'reject' : 'approve',
      by: input.by,
      ...(input.comment !== undefined && { comment: input.comment }),
    });
    terminal.out(`${input.reject ? 'rejected' : 'approved'}: ${approval.summary} (${shortDigest(approval.digest)})\n`);
    return EXIT.ok;
  } finally {
    await closeClient(meridian);
  }
}

function unsigned(): ClientProblem {
  return new ClientProblem(
    'bad-input',
    'a decision for production must be signed, and MERIDIAN_SIGNING_KEY is not set',
    'make a key with "meridian keys create --name NAME" and give its entry to the worker: docs/approvals.md',
  );
}

interface Waiting {
  workflowId: string;
  approval: Approval;
}

/** Without a number: what waits, be it a deployment or a proposal of the watch that something newer stands behind. */
async function waitingApproval(meridian: MeridianClient, { target, digest }: ApproveInput): Promise<Waiting> {
  const named =
    target.workflowId ??
    (target.generation !== undefined && (await deploymentStatus(meridian, target)).operation.workflowId);
  if (named) {
    const waiting = await waitingIn(meridian, named);
    if (!waiting) throw new ClientProblem('not-found', `no approval waits in ${named}`);
    return waiting;
  }
  const name = deploymentName(target);
  const asked = await waitingApprovals(meridian, underWay(await readQueue(meridian, target)));
  // a single one is looked at whatever digest was given: a wrong one is told with the right one
  const meant = asked.length > 1 && digest ? asked.filter((one) => one.approval.digest.startsWith(digest)) : asked;
  const [only] = meant;
  if (only && meant.length === 1) return only;
  if (asked.length === 0) throw new ClientProblem('not-found', `no approval waits in ${name}`);
  throw new ClientProblem(
    'bad-input',
    `${asked.length} approvals wait in ${name}, and ${digest ? `${meant.length} of them begin with "${digest}"` : 'one has to be named'}`,
    `say which: ${asked.map(({ workflowId, approval }) => `${workflowId} (${shortDigest(approval.digest)})`).join(', ')}`,
  );
}

async function waitingApprovals(meridian: MeridianClient, workflowIds: readonly string[]): Promise<Waiting[]> {
  // a sweep asks nothing, and answers no questions either
  const asking = workflowIds.filter((workflowId) => operationKeyFromWorkflowId(workflowId)?.kind !== 'sweep');
  const found = await Promise.all(asking.map((workflowId) => waitingIn(meridian, workflowId)));
  return found.filter((waiting) => waiting !== undefined);
}

async function waitingIn(meridian: MeridianClient, workflowId: string): Promise<Waiting | undefined> {
  const { approval } = await queryProgress(meridian, workflowId, Number.MAX_SAFE_INTEGER);
  return approval?.state === 'waiting' ? { workflowId, approval } : undefined;
}

function askedText({ summary, requester, irreversible }: Approval): string {
  return `${[`${requester} asks for ${summary}`, ...irreversible.map((line) => `  ! ${line}`)].join('\n')}\n`;
}

/** Also for a rejection: what was read may have been decided meanwhile, and something else may wait. */
function refuseOtherDigest(approval: Approval, digest: string | undefined): void {
  if (digest === undefined || approval.digest.startsWith(digest)) return;
  throw new ClientProblem(
    'bad-input',
    `digest is "${digest}", the plan that waits is ${shortDigest(approval.digest)}: read it again`,
    'meridian approve without --digest shows it',
  );
}

async function mayApprove(
  meridian: MeridianClient,
  workflowId: string,
  approval: Approval,
  { digest, yes, signal }: ApproveInput,
  terminal: Terminal,
): Promise<boolean> {
  if (digest !== undefined) return true;
  const plan = approval.gate === 'removal' ? undefined : await queryPlan(meridian, workflowId);
  if (plan) terminal.err(renderPlan(plan, {}, terminal.errColors));
  terminal.err(askedText(approval));
  if (yes) return true;
  if (!terminal.canAsk)
    throw new ClientProblem(
      'bad-input',
      'there is no terminal to ask on; nothing was decided',
      `pass --digest ${shortDigest(approval.digest)} for exactly this, or --yes for whatever waits`,
    );
  return (await terminal.confirm(`approve ${shortDigest(approval.digest)}?`, signal)) === true;
}
