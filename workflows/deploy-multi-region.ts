import { allHandlersFinished, CancellationScope, condition, patched } from '@temporalio/workflow';
import type { DeploymentReport } from '../contracts/report';
import { deploymentWorkflowId } from '../contracts/workflow-ids';
import { deployRegions } from './steps/deploy-regions';
import { designTopology } from './steps/design-topology';
import { finishReport, type Outcome } from './steps/finish-report';
import { planDeployment } from './steps/plan-deployment';
import { promote } from './steps/promote';
import { refuseFencedRegions, refuseOverFailover } from './steps/refuse-over-failover';
import { refuseOverStaleDrill } from './steps/refuse-over-stale-drill';
import { removeRegions } from './steps/remove-regions';
import { replicateData } from './steps/replicate-data';
import { returnDrained } from './steps/return-drained';
import { unwind } from './steps/unwind';
import { validateDeployment } from './steps/validate-deployment';
import { quick } from './support/activity-stubs';
import { answerMessages } from './support/answer-messages';
import { approve } from './support/approve';
import { type DeployInput, DeploymentRun } from './support/deployment-run';
import { describeFailure, stepFailure } from './support/failures';
import { intakeWords } from './support/intake-words';
import { requireParent } from './support/parent';

/** The whole life of one deployment attempt: four steps in order, then promotion; every end is a report. */
export async function deployMultiRegion(input: DeployInput): Promise<DeploymentReport> {
  requireParent(deploymentWorkflowId(input.request));
  const run = new DeploymentRun(input);
  const story = new CancellationScope();
  answerMessages(run, () => story.cancel());
  const outcome = await tell(run, story);
  run.life = 'ended';
  return CancellationScope.nonCancellable(async () => {
    const report = await finishReport(run, outcome);
    await condition(allHandlersFinished);
    return report;
  });
}

/** Runs the story to its verdict; a failure is undone as the policy says and becomes part of the verdict. */
async function tell(run: DeploymentRun, story: CancellationScope): Promise<Outcome> {
  try {
    await story.run(() => deploy(run));
    return { verdict: 'promoted' };
  } catch (error) {
    run.life = 'undoing';
    return unwind(run, run.stopped ?? describeFailure(error, run.step));
  }
}

async function deploy(run: DeploymentRun): Promise<void> {
  run.settings = await quick.readSettings('read the orchestrator settings');
  run.record = await quick.loadRecord('read what is live', run.scope);
  run.epoch = run.record.epoch;
  await refuseOverFailover(run);
  refuseOverStaleDrill(run);
  run.drains.adopt(run.record.drained);
  if (run.input.intake) run.progress.say(intakeWords(run.input.intake));
  await run.takeStep('topology', () => designTopology(run));
  refuseFencedRegions(run);
  await run.takeStep('regions', async () => {
    await planDeployment(run);
    if (run.hasNothingToDo) {
      await returnDrained(run);
      for (const { region } of run.approvedPlan.topology.regions)
        run.progress.region(region, 'ready', 'as it should be');
      return 'nothing to do: what is live is what the request asks for';
    }
    await approvePlan(run);
    return deployRegions(run);
  });
  if (run.hasNothingToDo) return;
  await run.takeStep('replication', () => replicateData(run, run.approvedPlan));
  await run.takeStep('validation', () => validateDeployment(run, run.approvedPlan));
  await promote(run, run.approvedPlan);
  await CancellationScope.nonCancellable(() => removeRegions(run));
  await keepBackups(run);
}

/** What is promoted stays so without backups; that there are none is said. */
async function keepBackups(run: DeploymentRun): Promise<void> {
  if (run.approvedPlan.replication.stores.length === 0 || !patched('backup-schedule')) return;
  const { why } = await quick.ensureBackupSchedule('back up every six hours', run.scope);
  if (why) run.progress.say(`no backups are scheduled: ${why}`);
}

async function approvePlan(run: DeploymentRun): Promise<void> {
  const refusal = run.approvals.impossible();
  if (refusal) throw stepFailure('Plan.Blocked', refusal);
  const { digest, topology, irreversible } = run.approvedPlan;
  const summary = `the plan for ${topology.regions.length} regions at ${Math.round(topology.cost.usdPerMonth)} USD a month`;
  await approve(run, { id: 'plan', gate: 'plan', digest, summary, irreversible }, 'regions');
}
