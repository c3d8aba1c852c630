import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { LabFault } from '../../lab/daemon/daemon-protocol';
import { isAlive, until } from '../lab/running-lab';
import type { Chance } from './chance';
import { type OpsLab, REGIONS } from './ops-lab';
import type { Strike } from './run';

/** A switchover and its preparations take so long. */
const SWITCHOVER_MS = 1_500;
const ENDS_WITHIN_MS = 10_000;
/** Holds its backend so that it never looks whether its postmaster lives. */
const BUSY = 'do $$ begin loop perform 1; end loop; end $$';

type StrikeOf = (ops: OpsLab, region: string, id: string) => Promise<Strike>;

/** A fault of the lab, undone by the lab. */
export const fault =
  (faultOf: (region: string) => LabFault): StrikeOf =>
  async (ops, region, id) => ({ ...(await ops.inject(id, faultOf(region))), undo: () => ops.undo(id) });

/** The same, but undone so long after it, ms, whatever has been taken over until then. */
export const faultFor =
  (faultOf: (region: string) => LabFault, lengthMs: () => number): StrikeOf =>
  async (ops, region, id) => {
    const undoneAfterMs = lengthMs();
    return { ...(await fault(faultOf)(ops, region, id)), undoneAfterMs, told: `undone ${undoneAfterMs} ms later` };
  };

/** Nobody but the keeper stands still, until the writes have gone elsewhere: the database goes on beside it. */
export const stopKeeper: StrikeOf = async (ops, region) => {
  const pid = await ops.pidOf(`${region} keeper`);
  process.kill(pid, 'SIGSTOP');
  return { at: new Date().toISOString(), undo: async () => isAlive(pid) && process.kill(pid, 'SIGCONT') };
};

/** As somebody does who ends a query that takes too long. */
export const terminateBackend: StrikeOf = async (ops, region) => {
  const { client, pid } = await session(ops, region);
  const at = new Date().toISOString();
  await ops.query(await ops.readPort(region), 'select pg_terminate_backend($1)', [pid]);
  return { at, undo: () => awaitEnd(client, pid) };
};

/** As the system does when memory runs out. */
export const killBackend: StrikeOf = async (ops, region) => {
  const { client, pid } = await session(ops, region);
  process.kill(pid, 'SIGKILL');
  return { at: new Date().toISOString(), undo: () => awaitEnd(client, pid) };
};

/** The backend of a busy session does not notice: it would go on beside the database that comes back. */
export const killPostmaster: StrikeOf = async (ops, region) => {
  const { client, pid } = await session(ops, region);
  client.query(BUSY).catch(() => undefined);
  await sleep(100);
  process.kill(await ops.pidOf(`${region} database orders`), 'SIGKILL');
  return {
    at: new Date().toISOString(),
    undo: () => awaitEnd(client, pid),
    alsoBroken: () => (isAlive(pid) ? [`backend ${pid} goes on without its postmaster`] : []),
  };
};

/** Moves the writes as planned; on the way the keeper of one region dies, and its database with it. */
export const switchOverWithoutKeeper =
  (chance: Chance): StrikeOf =>
  async (ops, region) => {
    const keeper = `${REGIONS[chance.upTo(REGIONS.length)]} keeper`;
    const afterMs = chance.upTo(SWITCHOVER_MS);
    const pid = await ops.pidOf(keeper);
    const at = new Date().toISOString();
    const killed = sleep(afterMs).then(() => process.kill(pid, 'SIGKILL'));
    const outcome = await ops.switchOver(region).then(
      () => 'it said so',
      (error: Error) => error.message,
    );
    await killed;
    return {
      at,
      undo: () => until(`${keeper} is back`, async () => (await ops.pidOf(keeper)) !== pid),
      told: `${keeper} killed after ${afterMs} ms; moved: ${outcome}`,
    };
  };

async function session(ops: OpsLab, region: string): Promise<{ client: Client; pid: number }> {
  const client = new Client(await ops.endpoint(region));
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return { client, pid: rows[0]?.pid ?? 0 };
}

async function awaitEnd(client: Client, pid: number): Promise<void> {
  await until('the backend has ended', () => !isAlive(pid), ENDS_WITHIN_MS).catch(() => undefined);
  await client.end().catch(() => undefined);
}
