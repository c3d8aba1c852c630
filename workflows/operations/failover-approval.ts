import { workflowInfo } from '@temporalio/workflow';
import { canonicalJson } from '../../contracts/canonical-json';
import { digestOf } from '../../contracts/digest';
import type { LiveOperationRequest } from '../../contracts/messages';
import type { FenceReceipt } from '../../contracts/validation';
import { riskRefusal } from '../../policies/operations/risk-acceptance';
import { stepFailure } from '../support/failures';
import type { OperationRun } from './operation-run';

export type PromoteRegion = Extract<LiveOperationRequest, { kind: 'promote-region' }>;
type Run = OperationRun<PromoteRegion>;

interface Failover {
  from: string;
  to: string;
}

/** A program has asked: a person decides, with what is known in the summary. The promotion is an operation of its own. */
export async function askToPromote(run: Run, { from, to }: Failover): Promise<string> {
  const reason = run.request.reason ? `: ${run.request.reason}` : '';
  await ask(run, 'failover', { from, to }, `the failover from ${from} to ${to}${reason}`);
  const by = run.approvals.all.at(-1)?.decidedBy;
  return `${by} approved the failover from ${from} to ${to}; it begins with a number of its own`;
}

/** Before anything is fenced. A risk that is over already may not be needed, and is refused when it is. */
export function refuseEndlessRisk({ request: { acceptRisk } }: Run): void {
  if (!acceptRisk || Date.parse(acceptRisk.until) <= Date.now()) return;
  const refusal = riskRefusal(acceptRisk.until, Date.now());
  if (refusal) throw stepFailure('Request.Invalid', refusal);
}

/**
 * The receipt with which a person takes the risk that the old primary still writes. The requester has named it and its
 * end; in production somebody else has to agree. Without it nothing is promoted.
 */
export async function riskReceipt(
  run: Run,
  { store, from, to, why }: Failover & { store: string; why: string },
): Promise<FenceReceipt> {
  const { acceptRisk, requester } = run.request;
  if (!acceptRisk) {
    run.next.push(`meridian promote-region ${run.name} ${to} --accept-risk "WHY" --until +1h`);
    throw stepFailure(
      'Platform.Unavailable',
      `nobody can prove that ${store} in ${from} has stopped (${why}); nothing was promoted: two regions may take writes if it was, and a named person has to accept that`,
      { region: from },
    );
  }
  const isOver = () => Date.now() >= Date.parse(acceptRisk.until);
  const tooLate = () =>
    stepFailure('Approval.Expired', `the risk was accepted until ${acceptRisk.until}; it is later: accept it again`);
  if (isOver()) throw tooLate();
  if (run.key.environment === 'production') {
    const summary = `the risk that ${from} still takes writes of ${store} while ${to} is promoted: ${acceptRisk.reason}`;
    await ask(run, 'risk', { from, to, store, until: acceptRisk.until }, summary);
    if (isOver()) throw tooLate();
  }
  const decided = run.approvals.all.findLast(({ gate, state }) => gate === 'risk' && state === 'approved');
  const by = decided?.decidedBy ? `${requester} and ${decided.decidedBy}` : requester;
  const detail = `accepted by ${by} until ${acceptRisk.until}: ${acceptRisk.reason}`;
  return { kind: 'risk-accepted', region: from, epoch: run.epoch, at: new Date().toISOString(), detail };
}

async function ask(run: Run, gate: 'failover' | 'risk', what: object, summary: string): Promise<void> {
  const refusal = run.approvals.impossible();
  if (refusal) throw stepFailure('Plan.Blocked', refusal);
  const { workflowId } = workflowInfo();
  const digest = digestOf(canonicalJson({ workflowId, epoch: run.epoch, ...what }));
  const irreversible = ['writes that were not replicated are lost', 'the old region has to rejoin'];
  const opened = () => run.progress.enter('approval', `waiting for approval of ${summary}`);
  await run.approvals.pass({ id: gate, gate, digest, summary, irreversible }, { required: true, opened });
}
