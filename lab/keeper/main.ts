import { bootTimeMs } from '../../failover/clock';
import { createKeeperClient } from '../../failover/keeper/keeper-client';
import { startKeeperServer } from '../../failover/keeper/keeper-server';
import { StoreGates } from '../../failover/keeper/store-gates';
import { StoreKeeper } from '../../failover/keeper/store-keeper';
import { createEmbeddedLeaseStore } from '../../failover/lease-store/embedded-lease-store';
import { answerCalls } from '../processes/answer-calls';
import { killMarked } from '../processes/kill-marked';
import type { KeeperCalls, KeeperSettings, KeptStore } from './keeper-protocol';
import { postgresDatabase } from './postgres-database';
import { PostgresProcess } from './postgres-process';

/** A renewal that has not come back by then is asked for again. */
const LEASE_TIMEOUT_MS = 900;

interface Kept {
  known: KeptStore;
  keeper: StoreKeeper;
  gates: StoreGates;
  process: PostgresProcess;
}

/** The keeper of one region of one deployment. Without its daemon it ends, and its databases with it. */
answerCalls<KeeperCalls, KeeperSettings>(
  async (settings) => {
    const { region, port, replicas } = settings;
    const leases = createEmbeddedLeaseStore({ replicas, name: region, timeoutMs: LEASE_TIMEOUT_MS });
    const others = createKeeperClient();
    const kept = new Map<string, Kept>();
    const byKey = new Map<string, StoreKeeper>();
    const keptOf = (store: string): Kept => {
      const found = kept.get(store);
      if (!found) throw new Error(`store ${store} is not kept in ${region}`);
      return found;
    };
    await startKeeperServer(port, byKey);

    const keep = async (store: KeptStore): Promise<void> => {
      const before = kept.get(store.store);
      if (before && Boolean(before.known.database) === Boolean(store.database)) {
        before.known = store;
        return;
      }
      if (before) letGo(before);
      const process = before?.process ?? new PostgresProcess(store.store, settings.logFolder);
      const keeper = new StoreKeeper({
        region,
        key: store.key,
        timing: settings.timing,
        leases,
        now: bootTimeMs,
        ...(store.database && {
          database: postgresDatabase(process, store.ports.database, () => {
            const { database } = keptOf(store.store).known;
            if (!database) throw new Error(`there is no database of ${store.store} in ${region}`);
            return database;
          }),
        }),
        warnSuccessor: (to) => {
          const url = kept.get(store.store)?.known.peers[to]?.keeperUrl;
          if (url) others.ready(url, { key: store.key }).catch(() => undefined);
        },
        tellSuccessor: (from, to, position) => {
          const url = keptOf(store.store).known.peers[to.holder]?.keeperUrl;
          return url ? others.take(url, { key: store.key, from, to, position }) : Promise.resolve(false);
        },
        tellOthers: (lease, serves) => {
          for (const { keeperUrl } of Object.values(kept.get(store.store)?.known.peers ?? {}))
            others.changed(keeperUrl, { key: store.key, lease, serves }).catch(() => undefined);
        },
        onHolder: () => mine.gates.holderChanged(),
        onServing: () => mine.gates.holderServes(),
        hold: (held) => mine.gates.hold(held),
        log: (message) => console.log(`${new Date().toISOString()} ${message}`),
      });
      const gates = new StoreGates(region, store.ports, () => keptOf(store.store).known.peers, keeper);
      const mine: Kept = { known: store, keeper, gates, process };
      kept.set(store.store, mine);
      byKey.set(store.key, keeper);
      await gates.listen();
      keeper.start();
    };

    const letGo = ({ keeper, gates, known }: Kept): void => {
      keeper.end();
      gates.close();
      kept.delete(known.store);
      byKey.delete(known.key);
    };

    return {
      configure: async ({ stores }) => {
        for (const store of stores) await keep(store);
        for (const old of [...kept.values()]) if (!stores.some(({ store }) => store === old.known.store)) letGo(old);
        await Promise.all([...kept.values()].map(({ keeper }) => keeper.confirmSynchronous()));
        return {};
      },
      startStandby: async ({ store }) => {
        await keptOf(store).keeper.startStandby();
        return {};
      },
      giveUp: ({ store }) => keptOf(store).keeper.giveUp(),
      handOver: ({ store, to, epoch }) => keptOf(store).keeper.handOver({ holder: to, epoch }),
      appoint: async ({ store, epoch, withinMs }) => {
        await keptOf(store).keeper.appoint(epoch, withinMs);
        return {};
      },
      processes: async () =>
        [...kept.values()].flatMap(({ known, process }) =>
          process.pid ? [{ pid: process.pid, what: `database ${known.store}` }] : [],
        ),
    };
  },
  async ({ marker }) => {
    await killMarked(`${marker}db/`);
  },
);
