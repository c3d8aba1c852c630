import { workflowInfo } from '@temporalio/workflow';
import type { DrillReport } from '../../contracts/drill';
import type { LiveOperationRequest } from '../../contracts/messages';
import type { StoreReplication } from '../../contracts/replication';
import type { Fault } from '../../platforms/platform';
import { tierOfDrill } from '../../policies/drills/tier-of-drill';
import { isLeft, type OperationRun } from '../operations/operation-run';
import { measure, quick } from '../support/activity-stubs';
import { failureTypeOf, messageOf, stepFailure } from '../support/failures';
import { type Drilled, drilledOperation } from './drilled';
import { faultsOf } from './faults-of';
import { DrillMark } from './mark';
import { faultId, putBack, undoFaults } from './put-back';
import { finishStream, startStream } from './stream';
import { UNDO_AFTER_MS } from './undo-after';

export type DrillRequest = Extract<LiveOperationRequest, { kind: 'drill' }>;

/** What a kind of drill found; the rest of the report is the same for all. */
export type DrillFindings = Pick<DrillReport, 'passed' | 'why' | 'rtoMs'> &
  Partial<Pick<DrillReport, 'promoted' | 'rpoMs' | 'acknowledgedWrites' | 'acknowledgedWritesLost' | 'result'>>;

/** One drill on what is live: its stream, its faults with their way back, and its report. */
export class Drill {
  readonly drilled: Drilled;
  readonly region: string;
  readonly stores: StoreReplication[];
  /** ISO time of the fault, or of the first act of a move; absent: nothing was touched yet */
  struckAt: string | undefined;
  private readonly faults: Fault[];
  private readonly mark: DrillMark;
  private filed = false;

  constructor(
    readonly run: OperationRun<DrillRequest>,
    /** the platform replaces a silent primary */
    readonly byItself: boolean,
  ) {
    this.drilled = drilledOperation(run);
    this.mark = new DrillMark(run, run.request.drill);
    this.region = run.primary;
    this.stores = run.stores;
    const others = run.live.topology.regions.map(({ region }) => region).filter((one) => one !== run.primary);
    const names = this.stores.map(({ store }) => store);
    this.faults = faultsOf(run.request.drill, { region: run.primary, stores: names, others });
  }

  /**
   * Runs a drill between its stream and its report. One that failed after it struck is filed, too. The record says that it
   * goes on until all is put back: that is the first thing to be done, and the last on the way back.
   */
  async hold(act: () => Promise<DrillFindings>): Promise<string> {
    const { run, mark } = this;
    const { drill: kind } = run.request;
    const over = { what: 'say in the record that the drill is over', act: () => mark.end() };
    await run.take('mark', 'say in the record that a drill goes on', () => mark.set(), over);
    try {
      const stop = { what: 'stop the stream of writes', act: () => finishStream(this.drilled) };
      await run.take('stream', 'start a stream of numbered writes', () => startStream(this.drilled, this.region), stop);
      const findings = await act();
      run.passNoReturn();
      await mark.end().catch((error: unknown) => run.left.push(`could not ${over.what}: ${messageOf(error)}`));
      await this.file(findings);
      const summary = `${kind} drill in ${this.region}: ${findings.why}`;
      if (!findings.passed) throw stepFailure('Validation.Failed', summary, { region: this.region });
      return summary;
    } catch (error) {
      if (this.struckAt && !this.filed && !isLeft(failureTypeOf(error))) {
        const rtoMs = Date.now() - Date.parse(this.struckAt);
        await this.file({ passed: false, why: messageOf(error), rtoMs });
      }
      throw error;
    }
  }

  /** Injects the faults; from before the first on the way back undoes them all and puts back what they changed. */
  async strike(): Promise<string> {
    const { run, region, stores, faults } = this;
    const act = async () => {
      let last = '';
      for (const [index, fault] of faults.entries()) {
        const input = { ...run.on, id: faultId(run, index), fault, undoAfterMs: UNDO_AFTER_MS };
        last = (await measure.injectFault(`${region}: ${fault.kind}`, input)).at;
      }
      return last;
    };
    await this.wayBackToHere();
    const undo = { what: 'undo the fault', act: () => undoFaults(run, faults) };
    this.struckAt = await run.take('fault', `inject ${run.request.drill} into ${region}`, act, undo);
    run.progress.region(region, 'drilling', `${stores.length} stores: the fault is in force`);
    return this.struckAt;
  }

  /** From here on whoever takes the writes gives them back to the region of today. */
  async wayBackToHere(): Promise<void> {
    const { run, region, stores, drilled } = this;
    const claimedBefore = run.record.epochClaimedBy;
    const back = { what: `put ${region} back`, act: () => putBack(run, drilled, { stores, region, claimedBefore }) };
    await run.take('prepare', `note that ${region} takes the writes`, async () => undefined, back);
  }

  /** Cures what was injected. */
  heal(): Promise<void> {
    const { run, faults, region } = this;
    return run.take('undo', `undo the fault in ${region}`, () => undoFaults(run, faults));
  }

  private async file(findings: DrillFindings): Promise<void> {
    const { run, region, byItself, struckAt } = this;
    const { workflowId: id, runId } = workflowInfo();
    const { rtoSeconds, rpoSeconds } = run.live.request.recovery;
    const { drill: kind } = run.request;
    const last = run.record.drills.findLast((one) => (one.kind ?? 'region-loss') === kind);
    const report: DrillReport = {
      schema: 'meridian.drill/1',
      kind,
      ...run.key,
      generation: run.input.generation,
      region,
      byItself,
      at: struckAt ?? run.startedAt,
      endedAt: new Date().toISOString(),
      ...(this.faults.length > 0 && { undoAfterMs: UNDO_AFTER_MS }),
      rtoTargetMs: rtoSeconds * 1_000,
      rpoTargetMs: rpoSeconds * 1_000,
      tier: tierOfDrill(kind, findings),
      ...(last && { previous: previousOf(last) }),
      ...findings,
      workflow: { id, runId },
    };
    const { report: artifact } = await quick.fileDrill('file the drill', { report });
    this.filed = true;
    if (artifact) run.documents.push({ name: 'drill.json', artifact });
    const { tier } = report;
    const limits = `${tier.rtoMs / 1_000} s and ${tier.rpoMs / 1_000} s`;
    run.saw(`${tier.test} (${limits}): ${tier.kept ? 'kept' : 'not kept'}`);
  }
}

function previousOf({
  at,
  rtoMs,
  rpoMs,
  passed,
}: {
  at: string;
  rtoMs: number;
  rpoMs?: number | undefined;
  passed: boolean;
}) {
  return { at, rtoMs, passed, ...(rpoMs !== undefined && { rpoMs }) };
}
