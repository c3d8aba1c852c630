import { rmSync } from 'node:fs';
import type { Takeover } from '../../contracts/failover';
import { bootTimeMs } from '../../failover/clock';
import { createKeeperClient } from '../../failover/keeper/keeper-client';
import { createEmbeddedLeaseStore } from '../../failover/lease-store/embedded-lease-store';
import { createJsonClient } from '../../failover/lease-store/json-client';
import { startReplica } from '../../failover/lease-store/replica-server';
import { startSentinelServer } from '../../failover/sentinel/sentinel-server';
import { StoreSentinel } from '../../failover/sentinel/store-sentinel';
import { takeoverOf } from '../../failover/sentinel/takeover-record';
import { answerCalls } from '../processes/answer-calls';
import type { WatchedStore, WitnessCalls, WitnessSettings } from './witness-protocol';

const LEASE_TIMEOUT_MS = 900;
const TELL_WITHIN_MS = 500;
const SHIFT_WITHIN_MS = 2_000;

interface Watched {
  known: WatchedStore;
  sentinel: StoreSentinel;
}

/** One of three places outside the regions of a deployment: a replica of the lease store and a sentinel. */
answerCalls<WitnessCalls, WitnessSettings>(
  async (settings) => {
    const { name, timing, replicas, folder, replicaPort, sentinelPort } = settings;
    const leases = createEmbeddedLeaseStore({ replicas, name, timeoutMs: LEASE_TIMEOUT_MS });
    const keepers = createKeeperClient();
    const http = createJsonClient();
    const watched = new Map<string, Watched>();
    const byKey = new Map<string, StoreSentinel>();
    const takeovers: Takeover[] = [];
    await startReplica({
      directory: folder,
      port: replicaPort,
      survives: 'process-death',
      onAccepted: (key) => byKey.get(key)?.hint(),
    });
    await startSentinelServer(sentinelPort, byKey);

    const post = (url: string, body: object, withinMs: number) => http.post(url, body, performance.now() + withinMs);
    const lastHolder = (key: string) => takeovers.findLast(({ store }) => store === watched.get(key)?.known.store)?.to;

    const watch = (known: WatchedStore): void => {
      const before = watched.get(known.key);
      if (before) {
        before.known = known;
        return;
      }
      const { key } = known;
      const present = () => watched.get(key)?.known ?? known;
      const sentinel = new StoreSentinel({
        name,
        key,
        timing,
        leases,
        keepers,
        plan: () => present().plan,
        keeperUrls: () => present().keepers,
        tell: (over) => {
          for (const url of settings.sentinels)
            post(`${url}/heard`, { key, from: name, over }, TELL_WITHIN_MS).catch(() => undefined);
        },
        shiftTraffic: async ({ from, to, epoch }) => {
          const { application, environment, store } = present();
          await post(settings.edgeUrl, { application, environment, store, from, to, epoch }, SHIFT_WITHIN_MS);
        },
        onTakeover: (record) => takeovers.push(takeoverOf(record, present().store, lastHolder(key))),
        standBackMs: settings.standBackMs,
        now: bootTimeMs,
        log: (message) => console.log(`${new Date().toISOString()} ${message}`),
      });
      watched.set(key, { known, sentinel });
      byKey.set(key, sentinel);
      sentinel.start();
    };

    return {
      configure: async ({ stores }) => {
        for (const store of stores) watch(store);
        for (const [key, { sentinel }] of [...watched]) {
          if (stores.some((store) => store.key === key)) continue;
          sentinel.end();
          watched.delete(key);
          byKey.delete(key);
        }
        return {};
      },
      takeovers: async () => takeovers,
    };
  },
  async ({ folder }) => rmSync(folder, { recursive: true, force: true }),
);
