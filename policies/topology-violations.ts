import { isKnownRegion } from '../catalog/regions';
import type { DeploymentRequest } from '../contracts/request';
import type { Candidate } from '../contracts/topology';
import { budgetViolations } from './budget-mode';
import { conflictViolations } from './conflict-strategy';
import { regionLossViolations, regionWishViolations } from './region-wishes';
import { storeQuestion } from './replication-options';
import { residencyViolations } from './residency';
import { slaRegionViolations } from './sla-regions';
import { openModes, roleViolations } from './topology-mode';

/** The part of a candidate that policies judge; cost by line is not needed. */
export type JudgedTopology = Pick<Candidate, 'mode' | 'routing' | 'latency' | 'survivesRegionLoss'> & {
  regions: ReadonlyArray<Pick<Candidate['regions'][number], 'region' | 'role'>>;
  cost: { usdPerMonth: number };
};

/** The SLA as modelled: percentile over the request's users. The network's share only; the service's own time comes on top. */
function latencyViolations({ latency }: JudgedTopology, request: DeploymentRequest): string[] {
  const { percentile, underMs, of } = request.latency;
  if (latency.modelledMs < underMs) return [];
  return [
    `latency: ${percentile} % of users see ${of}s within ${Math.round(latency.modelledMs)} ms, the request asks for under ${underMs} ms; ` +
      'valid are regions nearer to the users, or a higher limit',
  ];
}

function wishedRoutingViolations({ routing, mode }: JudgedTopology, request: DeploymentRequest): string[] {
  const sentences: string[] = [];
  if (request.routing !== 'auto' && routing !== request.routing) {
    sentences.push(`routing: ${routing}, the request asks for ${request.routing}`);
  }
  const modes = openModes(request);
  if (!modes.includes(mode)) {
    sentences.push(`mode: ${mode} does not fit the data strategies of the request; valid is ${modes.join(' or ')}`);
  }
  return sentences;
}

/** A store that cannot be kept over these regions as the request asks, for example with fewer standbys than it waits for. */
function replicationViolations({ mode, regions }: JudgedTopology, request: DeploymentRequest): string[] {
  const [first] = regions;
  if (!first) return [];
  const primary = regions.find(({ role }) => role === 'primary') ?? first;
  const topology = { mode, regions, primary: primary.region };
  return request.dataStores.flatMap((store) => {
    const question = storeQuestion(store, { request, topology });
    if (question.mode.kind !== 'unsatisfiable') return [];
    return [
      `replication of ${store.name}: ${question.mode.reason}; valid are ${question.mode.alternatives.join(', or ')}`,
    ];
  });
}

/**
 * All hard policies that a topology breaks for a request, each a sentence with the rule, the value and what would be
 * valid. Empty means that it may be chosen. The one gate: candidates carry its answer, and a model's choice is held
 * against it again. `singleRegionUsdPerMonth` comes from the advice that the topology belongs to.
 *
 * Where what is live gives the primary, its modelled latency is no reason to refuse: after a failover nothing could be
 * repaired any more. Step 4 measures it and proposes.
 */
export function topologyViolations(
  topology: JudgedTopology,
  request: DeploymentRequest,
  advice: { singleRegionUsdPerMonth: number; keepsPrimary?: string | undefined },
): string[] {
  const wishes = regionWishViolations(topology.regions, request);
  if (topology.regions.some(({ region }) => !isKnownRegion(region))) return wishes;
  return [
    ...wishes,
    ...roleViolations(topology.mode, topology.regions),
    ...residencyViolations(topology.regions, request),
    ...wishedRoutingViolations(topology, request),
    ...conflictViolations(topology.mode, request),
    ...slaRegionViolations(topology.regions, request),
    ...(advice.keepsPrimary === undefined ? latencyViolations(topology, request) : []),
    ...budgetViolations(topology, request, advice),
    ...replicationViolations(topology, request),
    ...regionLossViolations(topology.survivesRegionLoss, request),
  ];
}
