import { setTimeout as sleep } from 'node:timers/promises';
import type { EvidenceSource } from '../../contracts/evidence';
import { LOCATION_HEADER, TIMED_READ_PATH, writePath } from '../../contracts/probe-contract';
import type { LatencyMeasurement } from '../../contracts/validation';
import type { CallContext, ProbePort } from '../platform';
import { PlatformError } from '../platform-error';
import { type ProbeAnswer, ProbeConnection, type ProbeRequest, type ProbeTarget } from './probe-connection';
import { nearestRank } from './probe-percentile';

export type LatencyInput = Parameters<ProbePort['latency']>[0] & {
  /** what the measurement may be called */
  source: EvidenceSource;
};

/** Untimed requests before the first timed one: they pay for handshakes and for code that has not run before. */
const WARM_UP_REQUESTS = 3;
/** At most one request of a location in this time, or the near ones would be a load test under the far ones. */
const SPACING_MS = 25;

/** One location’s warm connection; `measure` may be called when all locations of a measurement are warm. */
export interface WarmLocation {
  measure(): Promise<LatencyMeasurement>;
  close(): void;
}

/**
 * Opens the connection of one location through the edge and warms it up.
 * Both throw `Platform.Unavailable` when a request is not served: a failed request has no latency.
 */
export async function warmLocation(
  target: ProbeTarget,
  location: string,
  input: LatencyInput,
  { signal }: Pick<CallContext, 'signal'>,
): Promise<WarmLocation> {
  const connection = new ProbeConnection(target);
  const series = `latency-${location}-${Date.now().toString(36)}`;
  let number = 0;
  const ask = () => serve(connection, timedRequest(input.of, series, ++number, location, signal), location);
  try {
    while (number < WARM_UP_REQUESTS) await ask();
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    close: () => connection.close(),
    async measure() {
      const answers: ProbeAnswer[] = [];
      while (answers.length < input.samples) {
        const answer = await ask();
        answers.push(answer);
        await sleep(Math.max(0, SPACING_MS - answer.ms), undefined, { signal });
      }
      return summary(location, answers, input);
    },
  };
}

function timedRequest(
  of: LatencyInput['of'],
  series: string,
  number: number,
  location: string,
  signal: AbortSignal,
): ProbeRequest {
  const headers = { [LOCATION_HEADER]: location };
  // a new number each time: a repeated one would not be committed again
  return of === 'read'
    ? { method: 'GET', path: TIMED_READ_PATH, headers, signal }
    : { method: 'PUT', path: writePath(series, number), headers, signal };
}

async function serve(connection: ProbeConnection, request: ProbeRequest, location: string): Promise<ProbeAnswer> {
  const answer = await connection.send(request).catch((error: Error) => {
    if (request.signal?.aborted) throw error;
    throw new PlatformError('Platform.Unavailable', `${request.path} from ${location}: ${error.message}`);
  });
  if (answer.status === 200 || answer.status === 201) return answer;
  const said = `answered ${answer.status}: ${answer.body.slice(0, 200)}`;
  throw new PlatformError('Platform.Unavailable', `${request.path} from ${location} ${said}`);
}

function summary(location: string, answers: ProbeAnswer[], input: LatencyInput): LatencyMeasurement {
  const times = answers.map(({ ms }) => ms);
  const slaPercentileMs = nearestRank(times, input.percentile);
  return {
    location,
    servedBy: mostFrequent(answers.map(({ region }) => region ?? 'unknown')),
    samples: times.length,
    p50Ms: tenths(nearestRank(times, 50)),
    p95Ms: tenths(nearestRank(times, 95)),
    slaPercentileMs: tenths(slaPercentileMs),
    withinSla: slaPercentileMs <= input.underMs,
    source: input.source,
  };
}

function mostFrequent(names: string[]): string {
  const count = (name: string) => names.filter((other) => other === name).length;
  return names.reduce((best, name) => (count(name) > count(best) ? name : best));
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
