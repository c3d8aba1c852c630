import type { DeploymentRequest } from '../contracts/request';
import type { Wave } from '../contracts/rollout';
import type { Topology } from '../contracts/topology';
import { isStateful, needsApprovalBetweenRegions } from './rollout-order';

/** A rollout may wait longer than the request asks, up to this many times as long; never shorter. */
const LONGEST_BAKE = 3;

export interface RolloutQuestion {
  request: DeploymentRequest;
  topology: Topology;
}

/** How long a region may be watched before the next, seconds. Only the canary must be. */
export function bakeRange({ request: { rollout } }: RolloutQuestion): { least: number; most: number } {
  return { least: rollout.bakeSeconds, most: rollout.bakeSeconds * LONGEST_BAKE };
}

/** Whether somebody may be asked between regions: a request without approvals runs where nobody would answer. */
export function mayAsk({ request: { environment, rollout } }: RolloutQuestion): boolean {
  return environment === 'production' || rollout.approval !== 'none';
}

/**
 * What waves break, one sentence each. Seed 004 step 2: canary first; stateless in parallel, stateful one region after
 * the other; critical production approved between regions. The primary goes last, and a request's own words hold.
 */
export function rolloutViolations(waves: readonly Wave[], question: RolloutQuestion): string[] {
  return [
    ...regionViolations(waves, question),
    ...canaryViolations(waves, question),
    ...orderViolations(waves, question),
    ...waitingViolations(waves, question),
  ];
}

function regionViolations(waves: readonly Wave[], { topology }: RolloutQuestion): string[] {
  const planned = waves.flatMap(({ regions }) => regions);
  const wanted = topology.regions.map(({ region }) => region);
  const missing = wanted.filter((region) => !planned.includes(region));
  const twice = planned.filter((region, index) => planned.indexOf(region) !== index);
  const foreign = planned.filter((region) => !wanted.includes(region));
  return [
    ...(missing.length > 0 ? [`waves: ${missing.join(', ')} is in no wave; every region of the topology is`] : []),
    ...(twice.length > 0 ? [`waves: ${[...new Set(twice)].join(', ')} is in two waves`] : []),
    ...(foreign.length > 0 ? [`waves: ${foreign.join(', ')} is not in the topology`] : []),
  ];
}

function canaryViolations([first]: readonly Wave[], { request, topology }: RolloutQuestion): string[] {
  const canary = first?.regions[0];
  if (!first || canary === undefined) return ['waves: there is none; the first is the canary'];
  const asked = request.rollout.canary;
  const isAsked = asked !== undefined && topology.regions.some(({ region }) => region === asked);
  if (first.regions.length > 1) return [`waves: the first wave is one region, the canary, not ${first.regions.length}`];
  if (isAsked && canary !== asked) return [`waves: the request names ${asked} as the canary, not ${canary}`];
  if (!isAsked && canary === topology.primary && topology.regions.length > 1)
    return [`waves: ${canary} is the primary and cannot be the canary`];
  return [];
}

function orderViolations(waves: readonly Wave[], { request, topology }: RolloutQuestion): string[] {
  const later = waves.slice(1);
  const oneByOne = isStateful(request) || needsApprovalBetweenRegions(request);
  const parallel = later.find(({ regions }) => regions.length > 1);
  const most = request.rollout.concurrency;
  const atOnce = ({ regions }: Wave) => Math.min(regions.length, most ?? regions.length);
  const other = later.find((wave) => wave.concurrency !== atOnce(wave));
  const primaryWave = later.findIndex(({ regions }) => regions.includes(topology.primary));
  return [
    ...(oneByOne && parallel
      ? [`waves: ${parallel.regions.join(', ')} at once, but an application with data or approvals goes one by one`]
      : []),
    ...(!oneByOne && later.length > 1
      ? ['waves: an application without data goes to all other regions at once after the canary']
      : []),
    ...(oneByOne && primaryWave >= 0 && primaryWave < later.length - 1
      ? [`waves: ${topology.primary} is the primary and goes last`]
      : []),
    ...(other ? [`waves: parallel ${other.concurrency} of ${other.regions.length}; valid is ${atOnce(other)}`] : []),
  ];
}

function waitingViolations(waves: readonly Wave[], question: RolloutQuestion): string[] {
  const { least, most } = bakeRange(question);
  const needed = needsApprovalBetweenRegions(question.request);
  const asks = waves.slice(1).some(({ approvalBefore }) => approvalBefore);
  const forgotten = waves.slice(1).find(({ approvalBefore }) => !approvalBefore);
  const baked = waves.find(({ bakeSeconds }, index) => bakeSeconds > most || (index === 0 && bakeSeconds < least));
  return [
    ...(baked
      ? [`waves: bake ${baked.bakeSeconds} s of ${baked.regions.join(' ')}; valid is ${least} to ${most} s`]
      : []),
    ...(needed && forgotten ? [`waves: ${forgotten.regions.join(' ')} needs an approval before it`] : []),
    ...(asks && !mayAsk(question) ? ['waves: the request asks for no approvals, so nobody would answer one'] : []),
  ];
}
