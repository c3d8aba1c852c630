/** One measurement of the latency of a region, ms. */
export interface LatencySample {
  atMs: number;
  ms: number;
  /** the world locations that the region answered: others are further away, and nothing to compare with */
  from: string;
}

/** An hour of measurements every five minutes. */
export const LATENCY_SAMPLES = 12;
/** Fewer say nothing about what is normal. */
const LEAST_SAMPLES = 3;
/** Source: seed 003, "Latency Degradation: > 150 % of baseline". */
export const DEGRADED_FACTOR = 1.5;
/** Source: seed 003, latencySpike: 300 % of the baseline for 300 s. */
export const SPIKE_FACTOR = 3;
export const SPIKE_MS = 300_000;

/** What is normal for a region, and what was measured last. */
export interface LatencyWindow {
  /** good measurements, oldest first: what is abnormal must not become the measure of itself */
  normal: LatencySample[];
  last?: LatencySample;
  /** it answered nobody when latency was measured last */
  idle?: true;
  /** since when every measurement has been a spike */
  spikeSinceMs?: number;
}

/** The median of the good measurements; undefined while there are too few. */
export function baselineMs({ normal }: LatencyWindow): number | undefined {
  if (normal.length < LEAST_SAMPLES) return undefined;
  return normal.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(normal.length / 2)];
}

/** The window after one more measurement; one from other places starts a new one. */
export function withSample(before: LatencyWindow, sample: LatencySample): LatencyWindow {
  const window = before.normal.at(-1) && before.normal.at(-1)?.from !== sample.from ? { normal: [] } : before;
  const baseline = baselineMs(window);
  const isNormal = baseline === undefined || sample.ms < DEGRADED_FACTOR * baseline;
  const isSpike = baseline !== undefined && sample.ms >= SPIKE_FACTOR * baseline;
  return {
    normal: isNormal ? [...window.normal, sample].slice(-LATENCY_SAMPLES) : window.normal,
    last: sample,
    ...(isSpike && { spikeSinceMs: window.spikeSinceMs ?? sample.atMs }),
  };
}

/** How the latest measurement compares: undefined without a baseline or a measurement. */
export function latencyState(window: LatencyWindow): 'normal' | 'degraded' | 'spike' | undefined {
  const baseline = baselineMs(window);
  if (baseline === undefined || window.last === undefined) return undefined;
  const { atMs, ms } = window.last;
  if (window.spikeSinceMs !== undefined && atMs - window.spikeSinceMs >= SPIKE_MS) return 'spike';
  return ms >= DEGRADED_FACTOR * baseline ? 'degraded' : 'normal';
}
