import { CancellationScope } from '@temporalio/workflow';
import type { StepName } from '../../contracts/decision';
import type { Failure, Verdict } from '../../contracts/report';
import type { StackRef } from '../../contracts/stack';
import { quick } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';
import { explainFailure } from './explain-failure';

/** A dark region that nobody needs any more costs money: the record says since when it may go. */
const KEEP_DARK_HOURS = 24;

export interface UnwindFacts {
  step: StepName;
  isChange: boolean;
  onFailure: 'keep-dark' | 'rollback-all';
  aborted: boolean;
}

/** What to do with what was made, and what to call the end (DESIGN §3, "what went wrong"). Pure. */
export function unwindPolicy({ step, isChange, onFailure, aborted }: UnwindFacts): {
  undo: 'nothing' | 'all';
  verdict: Verdict;
} {
  if (step === 'topology') return { undo: 'nothing', verdict: 'failed' };
  if (isChange) return { undo: 'all', verdict: 'rolled-back' };
  if (aborted) return { undo: 'all', verdict: 'rolled-back' };
  if (step === 'validation') return { undo: 'nothing', verdict: 'blocked' };
  if (onFailure === 'rollback-all') return { undo: 'all', verdict: 'rolled-back' };
  return { undo: 'nothing', verdict: step === 'regions' ? 'rolled-back' : 'failed' };
}

/**
 * After a failure: takes back what the policy says, records what is kept dark, and names the next step for a person;
 * only then is it explained, no model is asked on the way back.
 * A region that failed in step 2 has already been taken back by its own workflow.
 */
export function unwind(run: DeploymentRun, failure: Failure): Promise<{ verdict: Verdict; failure: Failure }> {
  return CancellationScope.nonCancellable(async () => {
    const aborted = failure.type === 'Operation.Aborted';
    const { undo, verdict } = unwindPolicy({
      step: run.step,
      isChange: run.isChange,
      onFailure: run.request.rollout.onFailure,
      aborted,
    });
    run.progress.enter('undoing', `${failure.message}; ${undoing(run, undo)}`);
    const touched = run.undone.length > 0 || run.compensations.pending.length > 0;
    try {
      if (undo === 'all') await undoAll(run);
      await keepDark(run);
    } catch (error) {
      run.progress.say(`the record could not be brought up to date: ${messageOf(error)}`);
    }
    const ended = touched || verdict === 'blocked' ? verdict : 'failed';
    const explained = await explainFailure(run, { ...failure, next: nextSteps(run, failure) });
    return { verdict: ended, failure: explained };
  });
}

function undoing({ compensations }: DeploymentRun, undo: 'nothing' | 'all'): string {
  if (compensations.pending.length === 0) return 'nothing was made, nothing is undone';
  return undo === 'all' ? 'undoing what was done' : 'what stands is kept';
}

/** Newest first; a live region goes back to what it was while it is drained, if others can answer meanwhile. */
async function undoAll(run: DeploymentRun): Promise<void> {
  const deleted = await undo(run, ({ region, kind }) => kind !== 'base' || !run.carriesTraffic(region));
  for (const { ref } of [...run.compensations.pending].reverse()) deleted.push(...(await undoLive(run, ref)));
  await returnEverybody(run);
  const primaryGone = deleted.some(({ kind, region }) => kind === 'data' && region === run.plan?.topology.primary);
  if (primaryGone) await quick.recordNoPrimary('record that no region holds data', run.scope);
}

async function undoLive(run: DeploymentRun, { region, name }: StackRef): Promise<StackRef[]> {
  const drained = await drainIfPossible(run, region);
  const before = run.leftovers.length;
  const deleted = await undo(run, (ref) => ref.region === region && ref.name === name);
  if (run.leftovers.length > before && drained) run.drains.keepOut(region);
  else if (drained && !run.drains.isAdopted(region)) await returnIfPossible(run, () => run.drains.return(region));
  return deleted;
}

/** Who cannot be told to answer again is named: a region that answers nobody must not be found by accident. */
async function returnEverybody(run: DeploymentRun): Promise<void> {
  await returnIfPossible(run, () => run.drains.returnAll());
  for (const { region } of run.record?.live?.topology.regions ?? []) {
    if (run.drains.isOut(region)) run.leaveDrained(region, 'answers nobody: it is drained, and has to be returned');
  }
}

async function returnIfPossible(run: DeploymentRun, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    run.progress.say(`could not be told to answer again: ${messageOf(error)}`);
  }
}

async function undo(run: DeploymentRun, which: (ref: StackRef) => boolean): Promise<StackRef[]> {
  const { undone, left, deleted } = await run.compensations.undo(which);
  run.undone.push(...undone);
  run.leftovers.push(...left);
  return deleted;
}

/** Nobody else drains while everything is undone: waiting for room would be waiting for ever. */
async function drainIfPossible(run: DeploymentRun, region: string): Promise<boolean> {
  if (run.drains.isOut(region)) return true;
  if (!run.drains.canDrain(region) || !run.drains.hasRoom()) return false;
  try {
    return await run.drains.drain(region);
  } catch (error) {
    run.progress.say(`undone while it answers: ${messageOf(error)}`, region);
    return false;
  }
}

/** What still stands of a first deployment is listed and recorded; a change leaves nothing of its own. */
async function keepDark(run: DeploymentRun): Promise<void> {
  const kept = run.isChange ? [] : run.compensations.pending.map(({ ref }) => ref);
  for (const ref of kept)
    run.leftovers.push({
      ref,
      why: 'kept without traffic for debugging; "meridian sweep" removes it once its time is over',
    });
  const regions = [...new Set(run.leftovers.map(({ ref }) => ref.region))];
  if (run.isChange || regions.length === 0) return;
  const dark = { generation: run.input.generation, regions, keepHours: KEEP_DARK_HOURS };
  await quick.recordDark('record what is kept dark', { ...run.scope, ...dark });
}

function nextSteps(run: DeploymentRun, { type, region }: Failure): string[] {
  const steps: string[] = [...run.proposals];
  if (type === 'Approval.Rejected') steps.push('deploy again when the objection is settled');
  else if (type === 'Approval.Expired' || type === 'Operation.Aborted') steps.push('deploy again when it is time');
  else if (type === 'Plan.Blocked' && run.approvals.impossible()) {
    steps.push('set MERIDIAN_APPROVERS on the worker and start it again (docs/approvals.md), then deploy again');
  } else if (type.startsWith('Plan.') || type === 'Replication.Unsatisfiable') {
    steps.push('change the request as the message says, then deploy again');
  } else {
    steps.push(`remove the cause${region ? ` in ${region}` : ''}, then deploy again`);
  }
  const live = run.record?.live;
  if (live) steps.push(`generation ${live.generation} still serves ${live.hostname}`);
  else if (run.leftovers.length > 0) steps.push(retireHint(run));
  return steps;
}

/** Only where nothing serves anybody: retiring destroys everything. */
function retireHint({ scope }: DeploymentRun): string {
  return `when what is left is not needed any more: meridian retire ${scope.application}/${scope.environment}`;
}
