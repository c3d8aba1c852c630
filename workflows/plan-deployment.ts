import { setHandler } from '@temporalio/workflow';
import { ledgerSummary } from '../agents/loop/token-ledger';
import type { Decision } from '../contracts/decision';
import type { Intake } from '../contracts/intake';
import type { LedgerSummary } from '../contracts/ledger';
import { progressQuery } from '../contracts/messages';
import type { DeploymentPlan } from '../contracts/plan';
import type { DeploymentRequest } from '../contracts/request';
import { designTopology } from './steps/design-topology';
import { planDeployment as plan } from './steps/plan-deployment';
import { quick } from './support/activity-stubs';
import { DeploymentRun } from './support/deployment-run';

export interface PlanDeploymentInput {
  request: DeploymentRequest;
  requester: string;
  /** when the request was a sentence */
  intake?: Intake;
}

export interface PlanDeploymentResult {
  plan: DeploymentPlan;
  decisions: Decision[];
  ledger: LedgerSummary;
  /** why a deployment of this plan would not get an approval here, whoever asks */
  notApprovable?: string;
}

/** What a deployment would do, by the same steps that do it; takes no generation and touches nothing. */
export async function planDeployment(input: PlanDeploymentInput): Promise<PlanDeploymentResult> {
  const run = new DeploymentRun({ ...input, generation: 0 });
  setHandler(progressQuery, ({ sinceSeq }) => run.progress.read(sinceSeq));
  run.settings = await quick.readSettings('read the orchestrator settings');
  run.record = await quick.loadRecord('read what is live', run.scope);
  await designTopology(run);
  const sealed = await plan(run);
  const notApprovable = run.mustAsk ? run.approvals.impossible() : undefined;
  return {
    plan: sealed,
    decisions: run.decisions,
    ledger: ledgerSummary(run.ledger),
    ...(notApprovable !== undefined && { notApprovable }),
  };
}
