import type { RolloutInput } from '../../agents/regional-deployer/rollout-choice';
import type { ReplicationInput } from '../../agents/replication-engineer/replication-choice';
import type { Finding } from '../../contracts/finding';
import type { Topology } from '../../contracts/topology';
import { replicationQuestions } from '../../skills/database-optimization-analyzer/skill';
import { designRollout } from '../../skills/deployment-strategy-designer/skill';
import { exampleInput } from './architect-input';

/** The first candidate of the example request as a topology: virginia writes, ireland and singapore stand by. */
export function exampleTopology(changes: Record<string, unknown> = {}): {
  request: RolloutInput['request'];
  topology: Topology;
} {
  const { request, advice } = exampleInput(changes);
  const [first] = advice.candidates;
  if (!first) throw new Error('the example has no candidate');
  const primary = first.regions.find(({ role }) => role === 'primary')?.region ?? first.regions[0]?.region ?? '';
  return { request, topology: { ...first, primary, diagram: '' } };
}

/** What the regional deployer sees of the example request. */
export function rolloutInput(changes: Record<string, unknown> = {}, findings: Finding[] = []): RolloutInput {
  const { request, topology } = exampleTopology(changes);
  return {
    request,
    topology,
    rollout: designRollout({ request, topology }),
    changes: topology.regions.map(({ region }) => ({ region, create: 30, change: 0, replace: 0, isNew: true })),
    findings,
  };
}

/** What the replication engineer sees of the example request. */
export function replicationInput(changes: Record<string, unknown> = {}): ReplicationInput {
  const { request, topology } = exampleTopology(changes);
  return { request, topology, questions: replicationQuestions({ request, topology }) };
}
