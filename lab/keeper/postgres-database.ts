import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseDescription, KeptDatabase } from '../../failover/keeper/kept-database';
import type { LogPosition } from '../../failover/protocol/plan';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { databaseState, positionBytes } from '../postgres/database-state';
import { promoteStandby } from '../postgres/promote';
import { setSynchronousStandbys, streamingStandbys } from '../postgres/synchronous-standbys';
import type { KeptDatabaseSettings } from './keeper-protocol';
import type { PostgresProcess } from './postgres-process';

const STOP_WITHIN_MS = 3_000;
const ANSWERS_WITHIN_MS = 10_000;
const ASK_WITHIN_MS = 1_000;
const POLL_MS = 5;

/** PostgreSQL as its keeper needs it. `settings` are read anew for every act: they change while it runs. */
export function postgresDatabase(
  process: PostgresProcess,
  port: number,
  settings: () => KeptDatabaseSettings,
): KeptDatabase {
  const access = (): AdministratorAccess => {
    const { administratorPassword, caCertificate } = settings();
    return { port, password: administratorPassword, caCertificate, timeoutMs: ASK_WITHIN_MS };
  };
  const isStandby = () => existsSync(join(settings().dataFolder, 'standby.signal'));
  const state = () => databaseState(access());

  return {
    onDeath: (listener) => {
      process.deathListener = listener;
    },
    start: async () => {
      if (settings().wanted && isStandby()) process.start(settings());
    },
    promote: async () => {
      process.start(settings());
      await awaitAnswer(
        () => state(),
        () => process.pid !== undefined,
      );
      await promoteStandby(access());
    },
    stop: async () => {
      const inOrder = await process.stop(STOP_WITHIN_MS);
      const killed = await process.kill(settings().marker);
      return { clean: inOrder && killed.length === 0 };
    },
    kill: async () => {
      await process.kill(settings().marker);
    },
    checkpoint: () =>
      withDatabase(access(), async (client) => {
        await client.query('checkpoint');
      }),
    awaitQuiet: (withinMs) => withDatabase(access(), (client) => awaitQuiet(client, withinMs)),
    awaitReplicated: (region, withinMs) => awaitReplicated(access(), region, withinMs),
    describe: async (): Promise<DatabaseDescription> => {
      const said = await state().catch(() => undefined);
      if (!said) return { role: 'none' };
      return { role: said.role, position: { timeline: said.timeline ?? 0, bytes: positionBytes(said.position) } };
    },
    keepSynchronous: async (isServing) => {
      const { standbys, quorum, whenDegraded } = settings().replication;
      const wanted = quorum === 0 ? [] : standbys;
      const isAlone = whenDegraded === 'continue' && wanted.length > 0;
      const present = isAlone ? (isServing ? await streamingStandbys(access(), wanted) : []) : wanted;
      await setSynchronousStandbys(access(), present.length >= quorum ? present : [], quorum);
    },
  };
}

async function awaitAnswer(ask: () => Promise<unknown>, runs: () => boolean): Promise<void> {
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (!runs() || Date.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}

async function awaitQuiet(client: Parameters<typeof oneRow>[0], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  const busy = `select count(*)::int as sessions from pg_stat_activity
    where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()`;
  while ((await oneRow<{ sessions: number }>(client, busy)).sessions > 0 && Date.now() < deadline) await sleep(POLL_MS);
}

/** The end of the log when this was asked, once the standby has it on disk. */
function awaitReplicated(access: AdministratorAccess, region: string, withinMs: number): Promise<LogPosition> {
  return withDatabase(access, async (client) => {
    const { position, timeline } = await oneRow<{ position: string; timeline: number }>(
      client,
      `select pg_current_wal_flush_lsn()::text as position,
        ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline`,
    );
    const deadline = Date.now() + withinMs;
    for (;;) {
      const { rows } = await client.query<{ flushed: string | null }>(
        'select flush_lsn::text as flushed from pg_stat_replication where application_name = $1',
        [region],
      );
      const flushed = rows[0]?.flushed;
      if (flushed && positionBytes(flushed) >= positionBytes(position))
        return { timeline, bytes: positionBytes(position) };
      if (Date.now() > deadline)
        throw new Error(
          rows[0] ? `${region} is at ${flushed ?? '?'}, not yet at ${position}` : `${region} does not follow`,
        );
      await sleep(POLL_MS);
    }
  });
}
