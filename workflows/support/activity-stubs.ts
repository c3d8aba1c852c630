import { type ActivityInterfaceFor, type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';

/** An activity call always says, in a few words for the Web UI, which region it concerns and what it does there. */
type WithSummary<A> = {
  [K in keyof A]: A[K] extends (...args: infer P) => Promise<infer R>
    ? (summary: string, ...args: P) => Promise<R>
    : never;
};

function stubs(options: ActivityOptions): WithSummary<Activities> {
  const proxy = proxyActivities<Activities>(options) as unknown as Record<
    string,
    ActivityInterfaceFor<Activities>['loadRecord']
  >;
  return new Proxy({} as WithSummary<Activities>, {
    get:
      (_target, name: string) =>
      (summary: string, ...args: unknown[]) =>
        proxy[name]?.executeWithOptions({ summary: summary.slice(0, 200) }, args as never),
  });
}

/** Reads, records and pure skills: quick, safe to repeat. */
export const quick = stubs({
  startToCloseTimeout: '30 seconds',
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '5 seconds',
    maximumAttempts: 6,
  },
});

/**
 * Acts on a platform: long, idempotent by token, heartbeating. A worker that dies is noticed after the heartbeat
 * time-out and the act is taken up again; `Platform.*` failures that cannot be helped by a retry are not retried.
 */
export const platform = stubs({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '5 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '20 seconds',
    maximumAttempts: 8,
  },
});

/**
 * Measurements and drills: long and heartbeating, too. A failed measurement is an answer, so only a lost worker or an
 * unavailable platform is tried again.
 */
export const measure = stubs({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '5 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '5 seconds',
    maximumAttempts: 4,
  },
});

/**
 * Proofs that a database cannot write any more: on a cloud each of its steps may take twenty minutes. A proof that is
 * refused, or that nobody could give in all this time, is an answer.
 */
export const fencing = stubs({
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '5 seconds',
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '5 seconds',
    maximumAttempts: 4,
  },
});

/**
 * One model turn. Never retried here: a repeated call would be billed without the ledger seeing it. Retries are turns
 * of the agent loop, each with a reservation of its own.
 */
export const model = stubs({
  startToCloseTimeout: '90 seconds',
  heartbeatTimeout: '30 seconds',
  retry: { maximumAttempts: 1 },
});
