import { setTimeout as sleep } from 'node:timers/promises';
import { TIMED_READ_PATH } from '../../contracts/probe-contract';
import type { LoadMeasurement } from '../../contracts/validation';
import type { CallContext, ProbePort } from '../platform';
import { ProbeConnection, type ProbeTarget } from './probe-connection';
import { nearestRank } from './probe-percentile';

/** Connections of the prober; requests beyond wait for one, and that wait counts as latency. */
const CONNECTIONS = 32;

/**
 * Sends timed reads at a steady rate, whether or not earlier ones were answered: a slow service cannot slow its own
 * test down. Latency counts from the moment a request was due. Anything but a 200 within 2 s has failed.
 */
export async function measureLoad(
  target: ProbeTarget,
  input: Parameters<ProbePort['load']>[0],
  { signal, heartbeat }: CallContext,
): Promise<LoadMeasurement> {
  const connection = new ProbeConnection(target, CONNECTIONS);
  const total = Math.max(1, Math.round(input.seconds * input.requestsPerSecond));
  const times: number[] = [];
  const sent: Array<Promise<void>> = [];
  const startedMs = performance.now();
  try {
    for (let number = 0; number < total; number++) {
      const dueMs = startedMs + (number * 1000) / input.requestsPerSecond;
      if (dueMs - performance.now() > 1) await sleep(dueMs - performance.now(), undefined, { signal });
      if (number % input.requestsPerSecond === 0) heartbeat(`${number} of ${total} requests sent`);
      sent.push(read(connection, signal, () => times.push(performance.now() - dueMs)));
    }
    await Promise.all(sent);
  } finally {
    connection.close();
  }
  signal.throwIfAborted();
  return {
    seconds: input.seconds,
    requestsPerSecond: input.requestsPerSecond,
    requests: total,
    failed: total - times.length,
    p95Ms: times.length > 0 ? Math.round(nearestRank(times, 95) * 10) / 10 : 0,
  };
}

async function read(connection: ProbeConnection, signal: AbortSignal, served: () => void): Promise<void> {
  const answer = await connection.send({ method: 'GET', path: TIMED_READ_PATH, signal }).catch(() => undefined);
  if (answer?.status === 200) served();
}
