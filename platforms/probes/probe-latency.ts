import type { LatencyMeasurement } from '../../contracts/validation';
import type { CallContext } from '../platform';
import type { ProbeTarget } from './probe-connection';
import { type LatencyInput, type WarmLocation, warmLocation } from './probe-location';

/**
 * Measures all locations at the same time, after all of them are warm; their requests are spaced, so that the prober
 * does not measure itself. One measurement per location, in the order given.
 */
export async function measureLatency(
  target: ProbeTarget,
  input: LatencyInput,
  context: CallContext,
): Promise<LatencyMeasurement[]> {
  const warm: WarmLocation[] = [];
  const opened = await Promise.allSettled(
    input.locations.map((location) => warmLocation(target, location, input, context)),
  );
  for (const result of opened) if (result.status === 'fulfilled') warm.push(result.value);
  try {
    const failed = opened.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return await Promise.all(
      warm.map(async (location) => {
        const measurement = await location.measure();
        context.heartbeat(`latency from ${measurement.location}: ${measurement.slaPercentileMs} ms`);
        return measurement;
      }),
    );
  } finally {
    for (const location of warm) location.close();
  }
}
