import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { positionBytes } from '../../contracts/log-position';
import type { DatabaseDescription, KeptDatabase } from '../../failover/keeper/kept-database';
import type { LogPosition } from '../../failover/protocol/plan';
import { AdminSession } from '../postgres/admin-session';
import { oneRow } from '../postgres/connect';
import { stateOver } from '../postgres/database-state';
import { promoteStandby } from '../postgres/promote';
import { setSynchronousStandbys, streamingStandbys } from '../postgres/synchronous-standbys';
import type { KeptDatabaseSettings } from './keeper-protocol';
import type { PostgresProcess } from './postgres-process';

const STOP_WITHIN_MS = 3_000;
const ANSWERS_WITHIN_MS = 10_000;
/** A database that says that it recovers from a crash gets this long: to kill it would only make it begin again. */
const RECOVERS_WITHIN_MS = 300_000;
const STILL_STARTING = '57P03';
const ASK_WITHIN_MS = 1_000;
const ANSWERS_QUERY_WITHIN_MS = 5_000;
const POLL_MS = 5;

/** PostgreSQL as its keeper needs it. `settings` are read anew for every act: they change while it runs. */
export function postgresDatabase(
  process: PostgresProcess,
  port: number,
  settings: () => KeptDatabaseSettings,
): KeptDatabase {
  const session = new AdminSession(() => {
    const { administratorPassword, caCertificate } = settings();
    return {
      port,
      password: administratorPassword,
      caCertificate,
      timeoutMs: ASK_WITHIN_MS,
      queryTimeoutMs: ANSWERS_QUERY_WITHIN_MS,
    };
  });
  const keepSynchronous = (isServing: boolean) =>
    session.use(async (client) => {
      const { standbys, quorum, whenDegraded } = settings().replication;
      const wanted = quorum === 0 ? [] : standbys;
      if (whenDegraded === 'block') return setSynchronousStandbys(client, wanted, Math.min(quorum, wanted.length));
      const present = isServing && wanted.length > 0 ? await streamingStandbys(client, wanted) : [];
      return setSynchronousStandbys(client, present.length >= quorum ? present : [], quorum);
    });
  const isStandby = () => existsSync(join(settings().dataFolder, 'standby.signal'));

  return {
    onDeath: (listener) => {
      process.deathListener = listener;
    },
    start: async () => {
      if (settings().wanted && isStandby()) process.start(settings());
    },
    prepare: async () => {
      process.start(settings());
      await awaitAnswer(session, () => process.pid !== undefined);
      await keepSynchronous(false);
    },
    promote: async () => {
      process.start(settings());
      await awaitAnswer(session, () => process.pid !== undefined);
      await session.use(promoteStandby);
    },
    stop: async () => {
      session.end();
      const inOrder = await process.stop(STOP_WITHIN_MS);
      const killed = await process.kill(settings().marker);
      return { clean: inOrder && killed.length === 0 };
    },
    kill: async () => {
      session.end();
      await process.kill(settings().marker);
    },
    checkpoint: () =>
      session.use(async (client) => {
        // what a query limit cuts short goes on in the database: the next attempt has less to write
        await client.query('checkpoint').catch((error: unknown) => {
          throw new Error(`its checkpoint did not end in time (${String(error)}): ask again`);
        });
      }),
    awaitQuiet: (withinMs) => session.use((client) => awaitQuiet(client, withinMs)),
    awaitReplicated: (region, withinMs) => session.use((client) => awaitReplicated(client, region, withinMs)),
    describe: async (): Promise<DatabaseDescription> => {
      const said = await session.use(stateOver).catch(() => undefined);
      if (!said) return { role: 'none' };
      return { role: said.role, position: { timeline: said.timeline ?? 0, bytes: positionBytes(said.position) } };
    },
    keepSynchronous,
  };
}

async function awaitAnswer(session: AdminSession, runs: () => boolean): Promise<void> {
  const startedMs = Date.now();
  for (;;) {
    try {
      await session.use((client) => client.query('select 1'));
      return;
    } catch (error) {
      const isRecovering = (error as { code?: unknown }).code === STILL_STARTING;
      if (!runs() || Date.now() - startedMs > (isRecovering ? RECOVERS_WITHIN_MS : ANSWERS_WITHIN_MS)) throw error;
      await sleep(POLL_MS);
    }
  }
}

async function awaitQuiet(client: Client, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  const busy = `select count(*)::int as sessions from pg_stat_activity
    where backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()`;
  while ((await oneRow<{ sessions: number }>(client, busy)).sessions > 0 && Date.now() < deadline) await sleep(POLL_MS);
}

/** The end of the log when this was asked, once the standby has it on disk. */
async function awaitReplicated(client: Client, region: string, withinMs: number): Promise<LogPosition> {
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
    if (Date.now() > deadline) {
      const how = rows[0] ? `is at ${flushed ?? '?'}, not yet at ${position}` : 'does not follow';
      throw new Error(`${region} ${how}`);
    }
    await sleep(POLL_MS);
  }
}
