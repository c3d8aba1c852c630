import type { ChangeOutcome, LeaseStore } from '../../failover/lease-store/lease-store';
import type { Lease, LeaseChange } from '../../failover/protocol/lease';

/** One read or change as its caller saw it. Times are on one clock. */
export interface Operation {
  by: string;
  kind: 'read' | 'change';
  begin: number;
  end: number;
  /** what came of it; `unknown` also for a read that failed */
  outcome: 'read' | ChangeOutcome['outcome'];
  /** the lease that it read, made, or was refused for */
  lease?: Lease;
  /** what each attempt of a change started from and would have made of it */
  attempts: ReadonlyArray<{ from: Lease; to: Lease }>;
}

/** Records what callers of stores see. */
export class History {
  readonly operations: Operation[] = [];

  async read(by: string, store: LeaseStore, key: string): Promise<Lease | undefined> {
    const begin = performance.now();
    const lease = await store.read(key).catch(() => undefined);
    const outcome = lease ? 'read' : 'unknown';
    this.operations.push({ by, kind: 'read', begin, end: performance.now(), outcome, lease, attempts: [] });
    return lease;
  }

  async change(by: string, store: LeaseStore, key: string, change: LeaseChange): Promise<ChangeOutcome> {
    const attempts: Array<{ from: Lease; to: Lease }> = [];
    const begin = performance.now();
    const found = await store.change(key, (from) => {
      const to = change(from);
      if (to) attempts.push({ from, to });
      return to;
    });
    const lease = found.outcome === 'unknown' ? undefined : found.lease;
    const end = performance.now();
    this.operations.push({ by, kind: 'change', begin, end, outcome: found.outcome, lease, attempts });
    return found;
  }

  count(outcome: Operation['outcome']): number {
    return this.operations.filter((one) => one.outcome === outcome).length;
  }
}

/**
 * Why no one register could have given these answers; undefined when one could. Every change raises (epoch, renewal), so
 * values have one order, and a history is linearisable exactly when every value comes from a change that began before
 * it was seen, no value was made twice or from one that another change had replaced, and no operation saw less than one that
 * had ended before it began.
 */
export function notLinearisable(operations: readonly Operation[]): string | undefined {
  const seen = operations.filter((one): one is Operation & { lease: Lease } => one.lease !== undefined);
  const made = seen.filter(({ outcome }) => outcome === 'changed').sort((a, b) => order(a.lease, b.lease));
  const unknown = operations.filter(({ kind, outcome }) => kind === 'change' && outcome === 'unknown');

  for (const [index, one] of made.entries()) {
    const before = made[index - 1];
    const from = one.attempts.at(-1)?.from;
    if (before && order(before.lease, one.lease) === 0) return `made twice: ${say(before)} and ${say(one)}`;
    if (before && from && order(from, before.lease) < 0)
      return `made from what was replaced: ${say(before)} by ${say(one)}`;
  }
  for (const one of seen) {
    const value = one.outcome === 'changed' ? one.attempts.at(-1)?.from : one.lease;
    if (!value || order(value, FIRST) === 0) continue;
    const makers = [
      ...made.filter(({ lease }) => order(lease, value) === 0),
      ...unknown.filter(({ attempts }) => attempts.some(({ to }) => order(to, value) === 0)),
    ];
    if (!makers.some(({ begin }) => begin < one.end))
      return `seen, but made by nobody: ${value.epoch}.${value.renewal} by ${say(one)}`;
  }
  for (const late of seen)
    for (const early of seen) {
      if (early.end >= late.begin) continue;
      const less = order(late.lease, early.lease);
      if (less < 0 || (less === 0 && late.outcome === 'changed')) return `forgotten: ${say(early)}, then ${say(late)}`;
    }
  return undefined;
}

const FIRST: Lease = { holder: undefined, epoch: 0, renewal: 0 };

function order(a: Lease, b: Lease): number {
  return a.epoch - b.epoch || a.renewal - b.renewal;
}

function say({ by, outcome, lease, begin, end }: Operation): string {
  return `${by} ${outcome} ${lease?.holder} ${lease?.epoch}.${lease?.renewal} (${begin.toFixed(1)} to ${end.toFixed(1)})`;
}
