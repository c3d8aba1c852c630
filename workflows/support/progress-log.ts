import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Approval } from '../../contracts/approval';
import type { StepName } from '../../contracts/decision';
import type { LedgerSummary } from '../../contracts/ledger';
import type { Progress, ProgressEvent, RegionState } from '../../contracts/progress';
import type { Verdict } from '../../contracts/report';
import { MERIDIAN_NEEDS_APPROVAL, MERIDIAN_PHASE, MERIDIAN_REGIONS } from '../../contracts/search-attributes';
import type { TopologyRegion } from '../../contracts/topology';
import { renderCurrentDetails } from './current-details';

/** Older events are dropped: the progress query must stay a small payload. */
const EVENTS_KEPT = 500;

export interface ProgressSources {
  ledger: () => LedgerSummary;
  approval: () => Approval | undefined;
  paused: () => Progress['paused'];
  /** false on a server that lacks our search attributes: everything else works the same */
  searchable: () => boolean;
}

/** What people see while a deployment runs: phase, regions, events. Feeds the query and the Web UI alike. */
export class ProgressLog {
  private phase: Progress['phase'] = 'topology';
  private step: StepName | undefined;
  private verdict: Verdict | undefined;
  private shown: string | undefined;
  private seq = 0;
  private readonly events: ProgressEvent[] = [];
  private readonly regions = new Map<string, Progress['regions'][number]>();

  constructor(private readonly sources: ProgressSources) {}

  enter(phase: Progress['phase'], message: string, step?: StepName): void {
    this.phase = phase;
    this.step = step;
    this.say(message);
    if (this.sources.searchable()) {
      const waiting = this.sources.approval()?.state === 'waiting';
      upsertSearchAttributes([
        { key: MERIDIAN_PHASE, value: this.shown ?? phase },
        { key: MERIDIAN_NEEDS_APPROVAL, value: waiting },
      ]);
    }
  }

  say(message: string, region?: string): void {
    this.seq += 1;
    const at = new Date().toISOString();
    this.events.push({ seq: this.seq, at, ...(this.step && { step: this.step }), ...(region && { region }), message });
    if (this.events.length > EVENTS_KEPT) this.events.shift();
    this.show();
  }

  plan(regions: TopologyRegion[]): void {
    for (const { region, role } of regions) this.regions.set(region, { region, role, state: 'waiting', detail: '' });
    if (this.sources.searchable())
      upsertSearchAttributes([{ key: MERIDIAN_REGIONS, value: regions.map(({ region }) => region) }]);
  }

  region(region: string, state: RegionState, detail = ''): void {
    const found = this.regions.get(region);
    if (found) this.regions.set(region, { ...found, state, detail });
    this.say(detail ? `${state}: ${detail}` : state, region);
  }

  /** @param shown what operations are found by, where it is not the verdict */
  end(verdict: Verdict, message: string, shown: Verdict | 'unchanged' = verdict): void {
    this.verdict = verdict;
    this.shown = shown;
    this.enter('ended', message);
  }

  /** The end of what has no verdict: an operation on what is live. */
  endAs(outcome: string, message: string): void {
    this.shown = outcome;
    this.enter('ended', message);
  }

  read(sinceSeq = 0): Progress {
    const approval = this.sources.approval();
    const paused = this.sources.paused();
    return {
      phase: this.phase,
      ...(this.verdict && { verdict: this.verdict }),
      regions: [...this.regions.values()],
      ...(approval && { approval }),
      ...(paused && { paused }),
      ledger: this.sources.ledger(),
      events: this.events.filter(({ seq }) => seq > sinceSeq),
    };
  }

  private show(): void {
    setCurrentDetails(renderCurrentDetails(workflowInfo().workflowId, this.read(Math.max(0, this.seq - 5))));
  }
}
