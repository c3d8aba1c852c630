import { canonicalJson } from '../contracts/canonical-json';
import type { LiveDeployment } from '../contracts/record';
import type { ReplicationPlan, ReplicationWishes } from '../contracts/replication';
import type { DeploymentRequest } from '../contracts/request';
import type { Rollout } from '../contracts/rollout';
import type { Candidate, Topology } from '../contracts/topology';

/** Why nobody was asked again. */
export const KEPT = 'the request is the one that is live: what was decided for it, by whomever, stands';

/** The same request again is no reason to decide again: judgement must not make a change out of nothing. */
export function isLiveRequest(request: DeploymentRequest, live: LiveDeployment | undefined): live is LiveDeployment {
  return live !== undefined && canonicalJson(request) === canonicalJson(live.request);
}

/** The candidate that is what is live; undefined when there is none any more, or when it breaks a policy by now. */
export function liveCandidate(candidates: readonly Candidate[], live: Topology): Candidate | undefined {
  const key = ({ mode, routing, regions }: Candidate) =>
    [mode, routing, ...regions.map(({ region, role }) => `${region}=${role}`).sort()].join(' ');
  return candidates.find((candidate) => candidate.violations.length === 0 && key(candidate) === key(live));
}

/** What was chosen in a replication plan, to be chosen again. */
export function wishesOf({ stores, order }: ReplicationPlan): ReplicationWishes {
  return {
    stores: stores.flatMap(({ store, mode, lagThresholdMs }) => {
      if (mode.kind === 'unsatisfiable') return [];
      const waits = mode.kind === 'synchronous' ? { quorum: mode.quorum, whenDegraded: mode.whenDegraded } : {};
      return [{ store, mode: mode.kind, ...waits, lagThresholdMs }];
    }),
    order: [...new Set(order.map((entry) => entry.split('/').at(-1) ?? entry))],
  };
}

/** A rollout that goes on without regions that failed. */
export function rolloutWithout(rollout: Rollout, failed: readonly string[]): Rollout {
  const waves = rollout.waves
    .map((wave) => ({ ...wave, regions: wave.regions.filter((region) => !failed.includes(region)) }))
    .filter(({ regions }) => regions.length > 0);
  return {
    ...rollout,
    waves: waves.map((wave) => ({ ...wave, concurrency: Math.min(wave.concurrency, wave.regions.length) })),
  };
}
