import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPath, writePath } from '../../contracts/probe-contract';
import { PlatformError } from '../platform-error';
import { ProbeConnection, type ProbeTarget } from './probe-connection';

const POLL_MS = 5;

export interface Reading {
  region: string;
  seen: boolean;
  afterMs: number;
}

/**
 * Writes one row through the edge and asks every region’s own load balancer for it until it is there. Times count from
 * the acknowledgement of the write. Throws `Platform.Unavailable` when the write itself is not acknowledged.
 */
export async function writeAndReadEverywhere(
  edge: ProbeTarget,
  regions: Array<{ region: string; loadBalancer: ProbeTarget }>,
  timeoutMs: number,
): Promise<Reading[]> {
  const writer = `replication-${randomBytes(6).toString('hex')}`;
  const connections = regions.map(({ region, loadBalancer }) => ({
    region,
    connection: new ProbeConnection(loadBalancer),
  }));
  try {
    // a connection of its own and a first question for each region: no handshake is to be mistaken for lag
    await Promise.all(connections.map(({ connection }) => holds(connection, writer)));
    await write(edge, writer);
    const acknowledgedMs = performance.now();
    return await Promise.all(
      connections.map(({ region, connection }) => readUntilSeen(region, connection, writer, acknowledgedMs, timeoutMs)),
    );
  } finally {
    for (const { connection } of connections) connection.close();
  }
}

async function write(edge: ProbeTarget, writer: string): Promise<void> {
  const connection = new ProbeConnection(edge);
  try {
    const answer = await connection.send({ method: 'PUT', path: writePath(writer, 1) });
    if (answer.status === 201) return;
    const said = `answered ${answer.status}: ${answer.body.slice(0, 200)}`;
    throw new PlatformError('Platform.Unavailable', `a write through ${edge.hostname} ${said}`);
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new PlatformError('Platform.Unavailable', `a write through ${edge.hostname} was not answered: ${why}`);
  } finally {
    connection.close();
  }
}

async function readUntilSeen(
  region: string,
  connection: ProbeConnection,
  writer: string,
  acknowledgedMs: number,
  timeoutMs: number,
): Promise<Reading> {
  for (;;) {
    const seen = await holds(connection, writer);
    const afterMs = Math.round((performance.now() - acknowledgedMs) * 10) / 10;
    if (seen || afterMs >= timeoutMs) return { region, seen, afterMs };
    await sleep(POLL_MS);
  }
}

async function holds(connection: ProbeConnection, writer: string): Promise<boolean> {
  const answer = await connection.send({ method: 'GET', path: readPath(writer, 1) }).catch(() => undefined);
  return answer?.status === 200;
}
