import { setTimeout as sleep } from 'node:timers/promises';
import type { KeeperClient } from '../keeper/keeper-client';
import type { LeaseStore } from '../lease-store/lease-store';
import { type Lease, sameLease } from '../protocol/lease';
import type { FailoverPlan, Standby } from '../protocol/plan';
import {
  newSentinel,
  type SentinelAction,
  type SentinelEvent,
  type SentinelState,
  sentinelStep,
} from '../protocol/sentinel';
import type { Timing } from '../protocol/timing';
import type { TakeoverRecord } from './takeover-record';

const TICK_MS = 50;
/** Without a hint. A renewal comes twice a second; what is read later only makes the wait longer. */
const READ_EVERY_MS = 500;
/** A standby that has not answered by then counts as unseen. */
const ASK_WITHIN_MS = 400;
const APPOINT_EVERY_MS = 200;
const SERVES_WITHIN_MS = 15_000;

export interface StoreSentinelOptions {
  name: string;
  key: string;
  timing: Timing;
  plan: () => FailoverPlan;
  leases: LeaseStore;
  keepers: KeeperClient;
  /** where the keeper of each region is reached */
  keeperUrls: () => Readonly<Record<string, string>>;
  /** tells the other sentinels; lost messages are harmless */
  tell: (over: Lease | undefined) => void;
  /** takes a region that fell silent out of answering, at the edge */
  shiftTraffic: (move: { from: string; to: string; epoch: number }) => Promise<void>;
  onTakeover: (takeover: TakeoverRecord) => void;
  /** waits so long before it acts, for another one to have done it */
  standBackMs: number;
  now: () => number;
  log: (message: string) => void;
}

/** One of the three sentinels of a store: runs the protocol (failover/protocol/sentinel.ts) on real clocks and messages. */
export class StoreSentinel {
  private state: SentinelState;
  private readonly timers: NodeJS.Timeout[] = [];
  private reading = false;
  private hinted = false;
  private ended = false;
  /** when this one saw the lease over that may be taken over next; wall-clock ms */
  private overSince: { lease: Lease; lastRenewalAt: number; at: number } | undefined;
  private renewalSeenAt = Date.now();
  private appointedEpoch = 0;

  constructor(private readonly options: StoreSentinelOptions) {
    this.state = newSentinel(options.name);
  }

  start(): void {
    this.timers.push(setInterval(() => this.step({ kind: 'tick', now: this.options.now() }), TICK_MS));
    this.timers.push(setInterval(() => void this.read(), READ_EVERY_MS));
  }

  end(): void {
    this.ended = true;
    for (const timer of this.timers) clearInterval(timer);
  }

  /** The lease may have changed: look now. */
  hint(): void {
    if (this.reading) this.hinted = true;
    else void this.read();
  }

  heard(from: string, over: Lease | undefined): void {
    this.step({ kind: 'heard', now: this.options.now(), from, over });
  }

  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      const lease = await this.options.leases.read(this.options.key);
      const before = this.state.seen;
      this.step({ kind: 'lease-read', now: this.options.now(), lease });
      if (this.state.seen !== before) this.renewalSeenAt = Date.now();
      if (lease.holder === undefined) this.step({ kind: 'tick', now: this.options.now() });
    } catch {
      // no majority answers: nothing is known, and nothing is done
    } finally {
      this.reading = false;
      if (this.hinted) {
        this.hinted = false;
        void this.read();
      }
    }
  }

  private step(event: SentinelEvent): void {
    if (this.ended) return;
    const { state, actions } = sentinelStep(this.state, event, this.options.timing, this.options.plan());
    this.state = state;
    for (const action of actions) {
      this.act(action).catch((error: unknown) =>
        this.options.log(`${this.options.key}: ${action.kind}: ${String(error)}`),
      );
    }
  }

  private async act(action: SentinelAction): Promise<void> {
    switch (action.kind) {
      case 'tell':
        if (action.over) this.sawOver(action.over);
        this.options.tell(action.over);
        return;
      case 'ask-standbys': {
        // all three would be of the same mind at the same moment, and in each other's way
        await sleep(this.options.standBackMs);
        const standbys = await this.askStandbys();
        this.step({ kind: 'standbys-seen', about: action.about, standbys });
        return;
      }
      case 'call': {
        const { region, about } = action;
        const taken = await this.call(region, about).catch(() => false);
        this.step({ kind: 'answered', region, about, taken });
        return;
      }
      case 'appoint':
        await this.appoint(action.region, action.epoch);
        return;
    }
  }

  private async askStandbys(): Promise<Standby[]> {
    const { keepers, keeperUrls, key } = this.options;
    const asked = Object.entries(keeperUrls()).map(async ([region, url]): Promise<Standby | undefined> => {
      const late = new Promise<undefined>((resolve) => setTimeout(resolve, ASK_WITHIN_MS, undefined));
      const said = await Promise.race([keepers.describe(url, { key }), late]).catch(() => undefined);
      if (said?.role !== 'standby' || !said.position) return undefined;
      const { timeline, bytes } = said.position;
      return { region, received: { timeline, bytes: BigInt(bytes) } };
    });
    return (await Promise.all(asked)).filter((standby) => standby !== undefined);
  }

  private sawOver(lease: Lease): void {
    if (this.overSince && sameLease(this.overSince.lease, lease)) return;
    this.overSince = { lease, lastRenewalAt: this.renewalSeenAt, at: Date.now() };
  }

  private async call(region: string, lease: Lease): Promise<boolean> {
    const { keepers, keeperUrls, key } = this.options;
    const url = keeperUrls()[region];
    return url !== undefined && (await keepers.call(url, { key, lease }));
  }

  /** The lease is changed: everybody is told at once, and the new holder until it serves. */
  private async appoint(region: string, epoch: number): Promise<void> {
    if (epoch <= this.appointedEpoch) return;
    this.appointedEpoch = epoch;
    const { keepers, keeperUrls, key, log, shiftTraffic } = this.options;
    // what it saw of an earlier failover says nothing about this one
    const since = this.overSince?.lease.epoch === epoch - 1 ? this.overSince : undefined;
    const decidedAt = Date.now();
    const from = since?.lease.holder;
    log(`${key}: ${region} takes over from ${from ?? 'nobody'}, epoch ${epoch}`);
    const lease = { holder: region, epoch, renewal: 0 };
    const tellAll = (serves: boolean) => {
      for (const url of Object.values(keeperUrls()))
        keepers.changed(url, { key, lease, serves }).catch(() => undefined);
    };
    tellAll(false);
    const shifted = from ? shiftTraffic({ from, to: region, epoch }).catch((error) => log(String(error))) : undefined;
    const url = keeperUrls()[region];
    if (!url) return;
    const deadline = Date.now() + SERVES_WITHIN_MS;
    while (!this.ended && Date.now() < deadline) {
      keepers.appoint(url, { key, epoch }).catch(() => undefined);
      const said = await keepers.describe(url, { key }).catch(() => undefined);
      if (said?.mode === 'serving' && said.epoch === epoch) {
        const servesAt = Date.now();
        tellAll(true);
        await shifted;
        this.options.onTakeover({ key, from, to: region, epoch, ...timesOf(since, decidedAt, servesAt, Date.now()) });
        return;
      }
      await sleep(APPOINT_EVERY_MS);
    }
  }
}

function timesOf(
  since: { lastRenewalAt: number; at: number } | undefined,
  decidedAt: number,
  servesAt: number,
  shiftedAt: number,
): Pick<TakeoverRecord, 'lastRenewalAt' | 'overAt' | 'decidedAt' | 'servesAt' | 'shiftedAt'> {
  const overAt = since?.at ?? decidedAt;
  return { lastRenewalAt: since?.lastRenewalAt ?? overAt, overAt, decidedAt, servesAt, shiftedAt };
}
