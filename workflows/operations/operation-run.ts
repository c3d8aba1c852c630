import { workflowInfo } from '@temporalio/workflow';
import type { OrchestratorSettings } from '../../activities/settings';
import type { StackScope } from '../../activities/stacks';
import { ledgerSummary, openLedger } from '../../agents/loop/token-ledger';
import type { Approval } from '../../contracts/approval';
import type { LiveOperationRequest } from '../../contracts/messages';
import type { OperationPhase, OperationReport } from '../../contracts/operation-report';
import type { DeploymentRecord, LiveDeployment } from '../../contracts/record';
import type { StoreReplication } from '../../contracts/replication';
import { type DeploymentKey, deploymentName } from '../../contracts/workflow-ids';
import type { DeploymentScope } from '../../platforms/platform';
import { isEmergency, OPERATIONS } from '../../policies/operations/transitions';
import { quick } from '../support/activity-stubs';
import { Approvals } from '../support/approvals';
import { failureTypeOf, messageOf, stepFailure } from '../support/failures';
import { ProgressLog } from '../support/progress-log';

export interface OperateInput<Request extends LiveOperationRequest = LiveOperationRequest> extends DeploymentKey {
  generation: number;
  request: Request;
  /** given to the proposal that this operation comes from */
  approvals?: Approval[];
  /** what was approved was approved for this: anything else needs a new answer */
  approvedFor?: ApprovedState;
}

/** Where writes went, by record, when a proposal was approved. */
export interface ApprovedState {
  primary?: string;
  epoch: number;
}

/** What is to be reported of an operation that breaks off where it cannot go back. */
export interface Unfinished {
  left: string;
  /** commands that go on */
  next: string[];
}

/** How to take back one act; written down before the act, since an act may have happened although its answer was lost. */
interface WayBack {
  what: string;
  act: () => Promise<unknown>;
}

/** Nobody's answer within this is a no, unless what is asked for ends earlier. */
const APPROVAL_TIMEOUT_SECONDS = 900;

/** Somebody has claimed a newer epoch: what an act would have changed is theirs. */
export function isOutbid(failureType: string | undefined): boolean {
  return failureType === 'Platform.StaleEpoch' || failureType === 'Record.Conflict';
}

/** It was stopped by a person, or made way: nothing went wrong. */
export function isLeft(failureType: string | undefined): boolean {
  return failureType === 'Operation.Aborted' || failureType === 'Operation.MadeWay';
}

/** Whoever makes way claims an epoch once or twice on its way back. */
const CLAIM_ATTEMPTS = 5;

/** The state of one operation on a live deployment: what its steps share and its report is made of. */
export class OperationRun<Request extends LiveOperationRequest = LiveOperationRequest> {
  readonly startedAt = new Date().toISOString();
  readonly progress: ProgressLog;
  readonly approvals: Approvals;
  readonly phases: OperationPhase[] = [];
  readonly receipts: OperationReport['receipts'] = [];
  readonly evidence: OperationReport['evidence'] = [];
  readonly undone: string[] = [];
  readonly left: string[] = [];
  readonly next: string[] = [];
  readonly documents: OperationReport['documents'] = [];
  /** the operation for which this one has to make way */
  standDownFor: string | undefined;
  /** who stopped it, and why */
  stopped: string | undefined;
  epoch = 0;
  settings: OrchestratorSettings = { searchable: false };
  private readonly wayBack: WayBack[] = [];
  private isFinal = false;
  private unfinished: Unfinished | undefined;
  private isEnding = false;
  private found: DeploymentRecord | undefined;

  constructor(readonly input: OperateInput<Request>) {
    this.approvals = new Approvals({
      environment: input.environment,
      timeoutSeconds: APPROVAL_TIMEOUT_SECONDS,
      requester: input.request.requester,
      workflowId: workflowInfo().workflowId,
      approvers: () => this.settings.approvers ?? [],
    });
    this.approvals.all.push(...(input.approvals ?? []));
    this.progress = new ProgressLog({
      ledger: () => ledgerSummary(openLedger()),
      approval: () => this.approvals.waiting() ?? this.approvals.all.at(-1),
      paused: () => undefined,
      searchable: () => this.settings.searchable,
    });
  }

  get request(): Request {
    return this.input.request;
  }

  get key(): DeploymentKey {
    const { application, environment } = this.input;
    return { application, environment };
  }

  /** As commands name the deployment. */
  get name(): string {
    return deploymentName(this.key);
  }

  get record(): DeploymentRecord {
    if (!this.found) throw stepFailure('Internal', 'the record was not read');
    return this.found;
  }

  get live(): LiveDeployment {
    const { live } = this.record;
    if (!live) throw stepFailure('Internal', 'nothing is live');
    return live;
  }

  /** The region that takes the writes, by record. */
  get primary(): string {
    const { primary } = this.record;
    if (!primary) throw stepFailure('Internal', 'there is no primary');
    return primary;
  }

  get on(): StackScope & DeploymentScope {
    const { account, platform } = this.live.request;
    return { ...this.key, account, platform, generation: this.input.generation };
  }

  /** Stores whose primary can be moved: the others take writes everywhere, or replicate by themselves. */
  get stores(): StoreReplication[] {
    return (this.live.replication?.stores ?? []).filter(({ engine }) => engine === 'postgresql');
  }

  /** All regions with a copy of a store, in order of succession. */
  regionsOf({ primary, replicas }: StoreReplication): string[] {
    const holders = [primary, ...replicas];
    return this.live.topology.regions.map(({ region }) => region).filter((region) => holders.includes(region));
  }

  async readRecord(why: string): Promise<DeploymentRecord> {
    this.found = await quick.loadRecord(why, this.key);
    this.epoch = Math.max(this.epoch, this.found.epoch);
    return this.found;
  }

  /** What an operation changed in the record. */
  recorded(record: DeploymentRecord): void {
    this.found = record;
    this.epoch = Math.max(this.epoch, record.epoch);
  }

  /**
   * Claimed in the record before the platform sees it: an act with an older epoch is refused from then on. The way back of
   * what made way may claim one meanwhile: an emergency then reads the record again and goes beyond it.
   */
  async claimNextEpoch(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { epoch: expected } = this.record;
      const claim = { ...this.key, expected, epoch: this.epoch + 1, by: workflowInfo().workflowId };
      try {
        await quick.claimEpoch(`claim epoch ${claim.epoch}`, claim);
        return this.recorded({ ...this.record, epoch: claim.epoch });
      } catch (error) {
        const mayRepeat = isEmergency(this.request.kind) && attempt < CLAIM_ATTEMPTS;
        if (!mayRepeat || failureTypeOf(error) !== 'Record.Conflict') throw error;
        await this.readRecord('somebody else has claimed an epoch');
      }
    }
  }

  /**
   * One act, with its way back written down first. Before it is a safe point: who has to make way, or was stopped or
   * cancelled, ends there. The act itself is never broken off.
   */
  async take<R>(phase: string, what: string, act: () => Promise<R>, back?: WayBack): Promise<R> {
    if (this.calledAway) this.leave(`before it would ${what}`);
    if (back && !this.isFinal) this.wayBack.push(back);
    this.progress.enter('operating', what);
    const startedMs = Date.now();
    const note = (outcome: OperationPhase['outcome']) =>
      this.phases.push({ phase, what, ms: Date.now() - startedMs, outcome });
    try {
      const result = await act();
      note('done');
      return result;
    } catch (error) {
      note('failed');
      throw error;
    }
  }

  /** Why nothing further begins, in words that "before it would …" follows; undefined while it goes on. */
  get calledAway(): string | undefined {
    if (this.standDownFor) return `made way for ${this.standDownFor}`;
    return this.isFinal ? undefined : this.stopped;
  }

  /** Ends it because it was called away: to make way, or stopped by a person. */
  leave(when: string): never {
    const type = this.standDownFor ? 'Operation.MadeWay' : 'Operation.Aborted';
    throw stepFailure(type, `${this.calledAway ?? 'it was left'} ${when}`);
  }

  /** Why a person cannot stop it now; undefined when it can be stopped at its next safe point. */
  get stopRefusal(): string | undefined {
    const { kind } = this.request;
    if (this.stopped) return `${this.stopped} already`;
    if (this.isEnding) return `the ${kind} is at its end already`;
    if (this.isFinal) return `the ${kind} is past its point of no return: it can only go on to its end`;
    return kind === 'record-failover'
      ? 'a record-failover cannot be stopped: it only writes down what the platform has done'
      : undefined;
  }

  /** Ends at the next safe point; a question that waits is one, too. Too late for one whose only way is forward. */
  stop(why: string): void {
    this.stopped ??= why;
    this.approvals.close(why);
  }

  /** Another needs the slot. One that it waits for gives up only a question that nobody has decided yet. */
  makeWay(by: string, questionOnly = false): void {
    if (!questionOnly && OPERATIONS[this.request.kind].preempted === 'way-back') this.standDownFor = by;
    this.approvals.close(`made way for ${by}`, 'Operation.MadeWay');
  }

  /**
   * From here on the only way is forward: what was done cannot be taken back without losing more, and nobody stops it.
   * @param unfinished what the report says when it breaks off all the same; absent: nothing would be left to do
   */
  passNoReturn(unfinished?: Unfinished): void {
    this.isFinal = true;
    this.unfinished = unfinished;
    this.wayBack.length = 0;
  }

  /** It broke off: what is undone beyond the point of no return, and how to go on. */
  nameUnfinished(): void {
    if (!this.unfinished) return;
    this.left.push(this.unfinished.left);
    this.next.push(...this.unfinished.next);
  }

  /** Nothing is asked or begun any more. */
  close(): void {
    this.isEnding = true;
    this.approvals.close();
  }

  /** Takes the way back, newest first. What fails is left, for a person. */
  async goBack(): Promise<void> {
    this.close();
    if (this.wayBack.length > 0) this.progress.enter('undoing', 'taking the way back');
    for (const { what, act } of this.wayBack.splice(0).reverse()) {
      try {
        await act();
        this.undone.push(what);
        this.progress.say(what);
      } catch (error) {
        const isLeft = this.standDownFor && isOutbid(failureTypeOf(error));
        const words = isLeft ? `left to ${this.standDownFor}: ${what}` : `could not ${what}: ${messageOf(error)}`;
        this.left.push(words);
        this.progress.say(words);
      }
    }
  }

  /** Notes a measurement for the report. */
  saw(measured: string): void {
    const { platform } = this.live.request;
    this.evidence.push({
      source: platform,
      measured,
      at: new Date().toISOString(),
      generation: this.live.generation,
    });
    this.progress.say(measured);
  }
}
