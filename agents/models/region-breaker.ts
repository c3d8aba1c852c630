import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import type { ModelFailure } from './model';

/** A region that failed this often is asked again after this long, by one call at first. */
const HALF_OPEN_AFTER_MS = 30_000;
/** While one call tries, the others are not kept waiting for its end. */
const TRIAL_WAIT_MS = 2_000;

export interface RegionBreakerOptions {
  /** failures one after another that open it */
  threshold: number;
  halfOpenAfterMs?: number;
  classify(error: unknown): ModelFailure;
}

/** Keeps a region that does not answer from being asked again and again. Its state lives as long as the worker. */
export interface RegionBreaker {
  /** ms until the region may be asked again; 0 when it may be asked now */
  closedInMs(): number;
  /** what the last failure that counted was; undefined when there was none */
  lastFailure(): ModelFailure | undefined;
  /** Runs a call and counts how it ended. Throws what the call throws, or a BrokenCircuitError. */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Opens after failures that tell of the region: it refused, or nobody knows. A refused key or request is neither. Once
 * open, only an answer closes it: a trial that was stopped or refused has shown nothing.
 */
export function regionBreaker(options: RegionBreakerOptions): RegionBreaker {
  const { threshold, halfOpenAfterMs = HALF_OPEN_AFTER_MS, classify } = options;
  const policy: CircuitBreakerPolicy = circuitBreaker(
    handleWhen((error): boolean => policy.state === CircuitState.HalfOpen || tellsOfRegion(classify(error))),
    { halfOpenAfter: halfOpenAfterMs, breaker: new ConsecutiveBreaker(threshold) },
  );
  let openedAt = 0;
  let last: ModelFailure | undefined;
  policy.onBreak(() => {
    openedAt = Date.now();
  });
  policy.onFailure(({ reason }) => {
    if (!('error' in reason)) return;
    const failure = classify(reason.error);
    if (tellsOfRegion(failure)) last = failure;
  });
  return {
    closedInMs: () => {
      if (policy.state === CircuitState.HalfOpen) return TRIAL_WAIT_MS;
      return policy.state === CircuitState.Open ? Math.max(0, openedAt + halfOpenAfterMs - Date.now()) : 0;
    },
    lastFailure: () => last,
    run: async (call) => {
      if (policy.state === CircuitState.HalfOpen) throw new BrokenCircuitError();
      return policy.execute(call);
    },
  };
}

function tellsOfRegion({ outcome, regional, brief }: ModelFailure): boolean {
  return regional === true || (outcome === 'unknown' && brief !== 'stopped');
}
