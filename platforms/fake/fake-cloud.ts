import type { Backup } from '../../contracts/backup';
import type { LeaseStatus, Takeover } from '../../contracts/failover';
import type { Rejoined } from '../../contracts/replication';
import type { StackDescription, StackDrift, StackKind } from '../../contracts/stack';
import type { Fault, StackChange } from '../platform';
import { PlatformError } from '../platform-error';
import { FakeTokens } from './fake-tokens';

/** Makes matching calls fail, `times` times; see fake-platform.md. */
export interface ScriptedFailure {
  call: string;
  region?: string;
  kind?: StackKind;
  times: number;
  error: PlatformError;
  /** the act happens, its answer is lost */
  after?: boolean;
}

export interface FakeStack {
  change: StackChange;
  description: StackDescription;
}

/** One call as it arrives, and the how many-eth of its name, region and kind it is (from 1). */
export interface FakeCall {
  name: string;
  region?: string;
  kind?: StackKind;
  nth: number;
}

/** One thing that really happened, in the order in which it did. */
export interface FakeAct {
  call: string;
  region?: string;
  kind?: StackKind;
  /** what it did to a stack; absent for acts on data and traffic */
  effect?: 'created' | 'changed' | 'destroyed';
  /** generation tag of the stack: after the act, or before it when it was destroyed */
  generation?: number;
  /** of a stack that was there before the act */
  generationBefore?: number;
  token?: string;
  epoch?: number;
}

/** The state of the fake platform, open to tests: what exists, what was done, what will fail. */
export class FakeCloud {
  readonly stacks = new Map<string, FakeStack>();
  readonly tokens = new FakeTokens();
  /** every act in order, for example "apply eu-west-1/base" */
  readonly acts: string[] = [];
  /** the same acts with all that is known about them; acts on stacks, data, traffic and faults */
  readonly log: FakeAct[] = [];
  readonly script: ScriptedFailure[] = [];
  readonly sick = new Set<string>();
  readonly lagging = new Set<string>();
  readonly loses = new Set<number>();
  readonly databases = new Map<string, { region: string; role: 'primary' | 'standby'; fenced: boolean }>();
  /** leases per store; none: the platform keeps none */
  readonly leases = new Map<string, LeaseStatus>();
  /** what sentinels did by themselves */
  readonly takeovers: Takeover[] = [];
  /** what the next rejoin of a region finds in its old data */
  readonly divergence = new Map<string, NonNullable<Rejoined['divergence']>>();
  /** in the order in which they were taken */
  readonly backups = new Map<string, Backup>();
  /** backups whose restore holds other rows than the source */
  readonly spoiled = new Set<string>();
  readonly killed = new Map<string, { region: string; at: string }>();
  /** faults in force, by id */
  readonly faults = new Map<string, { fault: Fault; at: string; undoAfterMs?: number }>();
  /** regions that answer nobody */
  drained: string[] = [];
  /** what somebody changed by hand, per stack key "region/kind" */
  readonly drift = new Map<string, StackDrift['drifted']>();
  /** how often each call was made */
  readonly calls = new Map<string, number>();
  private readonly sites = new Map<string, number>();
  epoch = 0;
  /** stands between every caller and the cloud: may look, fail before or after the act, or never answer */
  intercept: ((call: FakeCall, act: () => Promise<unknown>) => Promise<unknown>) | undefined;

  /** Runs one call under the script. */
  async call<R>(name: string, where: { region?: string; kind?: StackKind }, act: () => R | Promise<R>): Promise<R> {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const { region, kind } = where;
    const site = [name, region, kind].join(' ');
    const nth = (this.sites.get(site) ?? 0) + 1;
    this.sites.set(site, nth);
    const scripted = () => this.scripted(name, where, act);
    if (!this.intercept) return scripted();
    return (await this.intercept({ name, ...(region && { region }), ...(kind && { kind }), nth }, scripted)) as R;
  }

  /** Notes what was just done. */
  did(text: string, act: FakeAct): void {
    this.acts.push(text);
    this.log.push(act);
  }

  /** Refuses an epoch older than the newest one seen; DESIGN §5. */
  accept(epoch: number): void {
    if (epoch < this.epoch) {
      throw new PlatformError('Platform.StaleEpoch', `epoch ${epoch} is older than ${this.epoch}`);
    }
    this.epoch = epoch;
  }

  regionsWith(kind: StackKind): string[] {
    return [...this.stacks.values()]
      .filter(({ change }) => change.ref.kind === kind)
      .map(({ change }) => change.ref.region);
  }

  /** A cloud in the same state that has done nothing yet: its log, its counts and its script are empty. */
  copy(): FakeCloud {
    const copy = new FakeCloud();
    for (const [key, stack] of this.stacks) copy.stacks.set(key, structuredClone(stack));
    for (const [region, database] of this.databases) copy.databases.set(region, { ...database });
    for (const [id, backup] of this.backups) copy.backups.set(id, { ...backup });
    for (const [id, fault] of this.killed) copy.killed.set(id, { ...fault });
    for (const [id, fault] of this.faults) copy.faults.set(id, { ...fault });
    for (const [key, drifted] of this.drift) copy.drift.set(key, structuredClone(drifted));
    for (const region of this.sick) copy.sick.add(region);
    for (const region of this.lagging) copy.lagging.add(region);
    for (const seq of this.loses) copy.loses.add(seq);
    for (const [store, lease] of this.leases) copy.leases.set(store, { ...lease });
    copy.takeovers.push(...structuredClone(this.takeovers));
    for (const [region, found] of this.divergence) copy.divergence.set(region, structuredClone(found));
    copy.tokens.take(this.tokens);
    copy.drained = [...this.drained];
    copy.epoch = this.epoch;
    return copy;
  }

  private async scripted<R>(
    name: string,
    where: { region?: string; kind?: StackKind },
    act: () => R | Promise<R>,
  ): Promise<R> {
    const failure = this.script.find(
      (entry) =>
        entry.times > 0 &&
        entry.call === name &&
        (entry.region === undefined || entry.region === where.region) &&
        (entry.kind === undefined || entry.kind === where.kind),
    );
    if (!failure) return act();
    failure.times -= 1;
    if (failure.after) await act();
    throw failure.error;
  }
}
