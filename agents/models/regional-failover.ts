import { BrokenCircuitError } from 'cockatiel';
import type { ModelAnswer, ModelFailure } from './model';
import { ModelCallError } from './model-failure';
import type { RegionBreaker } from './region-breaker';

/** Less than this is not worth a call: an answer that comes too late is charged and lost. More than a connection may take. */
const LEAST_TIME_MS = 10_000;

export interface FailoverRegion {
  region: string;
  breaker: RegionBreaker;
  /** throws what the client throws */
  ask(timeoutMs: number): Promise<ModelAnswer>;
}

export interface FailoverOptions {
  /** for all regions together: the activity that waits has a time-out of its own */
  timeoutMs: number;
  classify(error: unknown): ModelFailure;
}

interface Attempt {
  region: string;
  failure: ModelFailure;
}

/**
 * Asks one region after the other until one answers. Goes on only after failures that are known to be unbilled and
 * that tell of the region alone; a lost call is never made a second time elsewhere, for it may have been answered.
 * Throws a ModelCallError that names every region and its reason.
 */
export async function askRegions(
  regions: readonly FailoverRegion[],
  { timeoutMs, classify }: FailoverOptions,
): Promise<ModelAnswer> {
  const endsAt = Date.now() + timeoutMs;
  const attempts: Attempt[] = [];
  for (const { region, breaker, ask } of regions) {
    const left = endsAt - Date.now();
    if (attempts.length > 0 && left < Math.min(LEAST_TIME_MS, timeoutMs / 2)) {
      attempts.push({ region, failure: notAsked('no time left') });
      continue;
    }
    try {
      const answer = await breaker.run(() => ask(left));
      return { ...answer, via: via(region, attempts) };
    } catch (error) {
      const failure = error instanceof BrokenCircuitError ? openCircuit(breaker) : classify(error);
      attempts.push({ region, failure });
      if (failure.outcome === 'unknown' || !failure.regional) break;
    }
  }
  throw new ModelCallError(allFailed(attempts));
}

function via(region: string, attempts: readonly Attempt[]): string {
  const before = attempts.length === 0 ? '' : ` (${reasons(attempts, ({ brief }) => brief)})`;
  return `bedrock ${region}${before}`;
}

function reasons(attempts: readonly Attempt[], text: (failure: ModelFailure) => string): string {
  return attempts.map(({ region, failure }) => `${region}: ${text(failure)}`).join('; ');
}

/** One failure for the loop: as bad as the worst of them for the ledger, as soon as the first of them to try again. */
function allFailed(attempts: readonly Attempt[]): ModelFailure {
  const failures = attempts.map(({ failure }) => failure);
  const delays = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const unknown = failures.find(({ outcome }) => outcome === 'unknown');
  return {
    outcome: unknown ? 'unknown' : 'not-billed',
    failureType: failures.every(({ failureType }) => failureType === 'Model.Misconfigured')
      ? 'Model.Misconfigured'
      : 'Model.Unavailable',
    brief: reasons(attempts, ({ brief }) => brief),
    message: `no region of Amazon Bedrock answered: ${reasons(attempts, ({ message }) => message)}`,
    ...(!unknown && delays.length > 0 && { retryAfterMs: Math.min(...delays) }),
  };
}

/** A region that is left alone is down for the reason that it gave last. */
function openCircuit(breaker: RegionBreaker): ModelFailure {
  const last = breaker.lastFailure();
  const failure = notAsked(`${last?.brief ?? 'failed'} again and again`);
  if (last?.failureType === 'Model.Misconfigured') return { ...failure, failureType: last.failureType };
  return { ...failure, retryAfterMs: breaker.closedInMs() };
}

function notAsked(why: string): ModelFailure {
  return {
    outcome: 'not-billed',
    failureType: 'Model.Unavailable',
    brief: `not asked, ${why}`,
    message: `not asked, ${why}`,
    regional: true,
  };
}
