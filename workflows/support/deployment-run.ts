import { workflowInfo } from '@temporalio/workflow';
import type { OrchestratorSettings } from '../../activities/settings';
import type { ApplyOptions, StackScope } from '../../activities/stacks';
import { ledgerAfter } from '../../agents/intake/believed-entries';
import type { TokenLedger } from '../../agents/loop/token-ledger';
import { ledgerSummary } from '../../agents/loop/token-ledger';
import type { Decision, StepName } from '../../contracts/decision';
import { stepNameSchema } from '../../contracts/decision';
import type { EvidenceSource } from '../../contracts/evidence';
import type { Intake } from '../../contracts/intake';
import type { DeploymentPlan } from '../../contracts/plan';
import { previewHostname } from '../../contracts/preview-hostname';
import type { DeploymentRecord } from '../../contracts/record';
import type { DatabaseStatus } from '../../contracts/replication';
import type { DeploymentReport, Failure, StepReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import type { StackKind, StackRef } from '../../contracts/stack';
import type { DeploymentScope } from '../../platforms/platform';
import { nothingToDo } from '../../policies/nothing-to-do';
import { platform } from './activity-stubs';
import { Approvals } from './approvals';
import { Compensations } from './compensations';
import { Drains } from './drains';
import { describeFailure, stepFailure } from './failures';
import { acceptedIntake } from './intake-words';
import { Pause } from './pause';
import { ProgressLog } from './progress-log';

export interface DeployInput {
  request: DeploymentRequest;
  requester: string;
  generation: number;
  /** when the request was a sentence: what reading it took is part of this deployment's tokens */
  intake?: Intake;
  /** also return what was changed by hand to what the templates say */
  revertDrift?: boolean;
}

/** Measurements that the validation step fills in, one by one, so that a broken-off run still reports what it saw. */
export type Measurements = Pick<DeploymentReport, 'health' | 'latency' | 'checklist' | 'modelled' | 'documents'> &
  Partial<Pick<DeploymentReport, 'drill' | 'load'>>;

/** The state of one deployment: everything that the steps share and the report is made of. */
export class DeploymentRun {
  readonly startedAt = new Date().toISOString();
  readonly scope: DeploymentScope;
  readonly on: StackScope & DeploymentScope;
  readonly approvals: Approvals;
  readonly progress: ProgressLog;
  readonly compensations: Compensations;
  /** regions of a live deployment that answer nobody while they are changed */
  readonly drains: Drains;
  /** regions that this run has brought up: their health votes while a person thinks */
  readonly deployed: string[] = [];
  readonly pause = new Pause();
  readonly decisions: Decision[] = [];
  readonly steps: StepReport[] = [];
  readonly childIds: string[] = [];
  readonly undone: string[] = [];
  /** what a person might change after a missed objective; nothing acts on them by itself */
  readonly proposals: string[] = [];
  readonly leftovers: Array<{ ref: StackRef; why: string }> = [];
  readonly measured: Measurements = { health: [], latency: [], checklist: [], modelled: [], documents: [] };
  ledger: TokenLedger;
  plan: DeploymentPlan | undefined;
  topology: DeploymentPlan['topology'] | undefined;
  /** what was live when this run began */
  record: DeploymentRecord | undefined;
  step: StepName = 'topology';
  /** from `committing` on nobody can stop it: traffic is being published, or everything is being undone */
  life: 'running' | 'committing' | 'undoing' | 'ended' = 'running';
  /** set when a person stopped the deployment: whatever fails from then on, that is why it ended */
  stopped: Failure | undefined;
  /** a person said that rules may decide where the model does not help */
  rulesMayDecide = false;
  /** the epoch that acts on data and traffic carry */
  epoch = 0;
  /** when the parts of the checklist were measured, ISO */
  readonly measuredAt: Partial<Record<'health' | 'latency' | 'drill' | 'replication', string>> = {};
  /** how many rows the databases agreed on, per store, when they were last compared */
  readonly agreedRows = new Map<string, number>();
  /** standbys as step 3 saw them */
  readonly databases: DatabaseStatus[] = [];
  /** the platform alarm that the drill provoked */
  alarm: { name: string; region: string; afterMs: number } | undefined;
  /** where and after how many ms a write to the primary was readable */
  readonly readBack: Array<{ region: string; seen: boolean; afterMs: number }> = [];

  /** read by the first activity; until then nothing is known to be there */
  settings: OrchestratorSettings = { searchable: false };

  readonly input: DeployInput;

  constructor({ intake, ...input }: DeployInput) {
    this.input = { ...input, ...(intake && { intake: acceptedIntake(intake) }) };
    this.ledger = ledgerAfter(this.input.intake?.entries ?? []);
    const { account, application, environment, platform } = input.request;
    this.scope = { account, application, environment };
    this.on = { ...this.scope, platform, generation: input.generation };
    this.approvals = new Approvals({
      environment,
      timeoutSeconds: input.request.rollout.approvalTimeoutSeconds,
      requester: input.requester,
      workflowId: this.workflow.id,
      approvers: () => this.settings.approvers ?? [],
    });
    this.compensations = new Compensations(this.on);
    this.drains = new Drains(
      () => this.record?.live?.topology.regions.map(({ region }) => region) ?? [],
      (regions, why) => this.setDrained(regions, why),
    );
    this.progress = new ProgressLog({
      ledger: () => ledgerSummary(this.ledger),
      // The last one stays to be seen once it is decided.
      approval: () => this.approvals.waiting() ?? this.approvals.all.at(-1),
      paused: () => this.pause.state,
      searchable: () => this.settings.searchable,
    });
  }

  /** The sealed plan. Steps after step 2's planning may rely on it. */
  get approvedPlan(): DeploymentPlan {
    if (!this.plan) throw stepFailure('Internal', 'there is no plan yet');
    return this.plan;
  }

  /** What evidence from this platform may be called. */
  get source(): EvidenceSource {
    return this.request.platform;
  }

  get previewHostname(): string {
    return previewHostname(this.request.hostname);
  }

  get request(): DeploymentRequest {
    return this.input.request;
  }

  /** A plan takes no generation. */
  get isPlanOnly(): boolean {
    return this.input.generation === 0;
  }

  /** A change to something that carries production traffic: no fault is ever injected into it. */
  get isChange(): boolean {
    return this.record?.live !== undefined;
  }

  /** Whether production traffic reaches a region now. */
  carriesTraffic(region: string): boolean {
    return this.record?.live?.topology.regions.some((one) => one.region === region) ?? false;
  }

  /** The plan changes nothing of what is live: there is nothing to approve, deploy or prove. */
  get hasNothingToDo(): boolean {
    return this.isChange && this.plan !== undefined && nothingToDo(this.plan);
  }

  /** What every act on a stack of this run may and must do. */
  get applyOptions(): ApplyOptions {
    return {
      ...(this.request.environment === 'production' && { protect: true }),
      ...(this.input.revertDrift && { revertDrift: true }),
    };
  }

  /** Production always asks. */
  get mustAsk(): boolean {
    return this.request.environment === 'production' || this.request.rollout.approval !== 'none';
  }

  private async setDrained(regions: string[], why: string): Promise<void> {
    const hostname = this.record?.live?.hostname;
    if (!hostname) return;
    this.progress.say(why);
    await platform.drainRegions(why, { ...this.on, hostname, regions, epoch: this.epoch });
  }

  /** Why the deployment cannot be stopped any more; undefined when it can. */
  stopRefusal(): string | undefined {
    switch (this.life) {
      case 'running':
        return this.stopped && 'the deployment is being stopped already';
      case 'committing':
        return 'production traffic is being published: wait for the verdict, then retire or deploy again';
      case 'undoing':
        return 'the deployment has failed and is being undone';
      case 'ended':
        return 'the deployment has already ended';
    }
  }

  stop(message: string): void {
    this.stopped = { step: this.step, type: 'Operation.Aborted', message, next: [] };
  }

  /** Runs one of the four steps and notes how it ended. `act` returns its summary in one sentence. */
  async takeStep(step: StepName, act: () => Promise<string>): Promise<void> {
    this.step = step;
    const startedMs = Date.now();
    const note = (status: StepReport['status'], summary: string) =>
      this.steps.push({ step, status, summary, ms: Date.now() - startedMs });
    try {
      note('passed', await act());
    } catch (error) {
      note('failed', describeFailure(error, step).message);
      throw error;
    }
  }

  /** Notes a judgement for the report and says it to whoever watches. */
  decide(decision: Decision): void {
    this.decisions.push(decision);
    const { decidedBy, noModel, about, choice } = decision;
    this.progress.say(`${decidedBy} decided${noModel ? ` (${noModel})` : ''}, ${about}: ${choice}`);
  }

  /** Notes that something was measured just now. */
  saw(what: keyof DeploymentRun['measuredAt']): void {
    this.measuredAt[what] = new Date().toISOString();
  }

  /** Notes what could not be put right, at the stack it concerns. */
  leaveBehind(region: string, kind: StackKind, why: string): void {
    const found = this.plan?.stacks.find(({ ref }) => ref.region === region && ref.kind === kind);
    if (found) this.leftovers.push({ ref: found.ref, why });
    this.progress.say(why, region);
  }

  /** A live region that answers nobody must not be found by accident. */
  leaveDrained(region: string, why: string): void {
    const live = this.record?.live?.stacks.find(({ ref }) => ref.region === region && ref.kind === 'base');
    if (live && !this.leftovers.some(({ ref }) => ref === live.ref)) this.leftovers.push({ ref: live.ref, why });
  }

  skipRemainingSteps(): void {
    for (const step of stepNameSchema.options) {
      if (!this.steps.some((taken) => taken.step === step))
        this.steps.push({ step, status: 'skipped', summary: '', ms: 0 });
    }
  }

  get workflow(): DeploymentReport['workflow'] {
    const { workflowId, runId } = workflowInfo();
    return { id: workflowId, runId };
  }
}
