import type { StackDescription, StackDrift, StackKind } from '../../contracts/stack';
import type { StackChange } from '../platform';
import { PlatformError } from '../platform-error';

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

/** The state of the fake platform, open to tests: what exists, what was done, what will fail. */
export class FakeCloud {
  readonly stacks = new Map<string, FakeStack>();
  readonly tokens = new Map<string, StackDescription>();
  /** every act in order, for example "apply eu-west-1/base" */
  readonly acts: string[] = [];
  readonly script: ScriptedFailure[] = [];
  readonly sick = new Set<string>();
  readonly lagging = new Set<string>();
  readonly loses = new Set<number>();
  readonly databases = new Map<string, { region: string; role: 'primary' | 'standby'; fenced: boolean }>();
  readonly killed = new Map<string, { region: string; at: string }>();
  /** regions that answer nobody */
  drained: string[] = [];
  /** what somebody changed by hand, per stack key "region/kind" */
  readonly drift = new Map<string, StackDrift['drifted']>();
  /** how often each call was made */
  readonly calls = new Map<string, number>();
  epoch = 0;

  /** Runs one call under the script. */
  async call<R>(name: string, where: { region?: string; kind?: StackKind }, act: () => R | Promise<R>): Promise<R> {
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
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
}
