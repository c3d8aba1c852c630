import type { Capability } from '../catalog/capabilities';
import type { ReplicationMode } from '../contracts/replication';
import type { DataStoreRequest } from '../contracts/request';

/** Below this recovery point seed 004 step 3 asks for synchronous replication. */
const SYNCHRONOUS_BELOW_RPO_SECONDS = 300;

interface ReplicationQuestion {
  store: Pick<DataStoreRequest, 'name' | 'replication'>;
  rpoSeconds: number;
  capability: Pick<Capability, 'engine' | 'platform' | 'synchronous' | 'leastRpoSeconds'>;
  /** what one commit would wait for, milliseconds: the round trip to the nearest copy */
  writePenaltyMs: number;
}

function unsatisfiable({ rpoSeconds, capability }: ReplicationQuestion, reason: string): ReplicationMode {
  const { engine, platform, leastRpoSeconds, synchronous } = capability;
  return {
    kind: 'unsatisfiable',
    reason: `rpo ${rpoSeconds} s: ${reason}`,
    alternatives: [
      `accept an rpo of at least ${leastRpoSeconds} s for ${engine} on ${platform}`,
      ...(synchronous
        ? ['let the store replicate synchronously']
        : ['choose a platform whose engine replicates synchronously across regions']),
    ],
  };
}

/** Asynchronous with the least recovery point that the capability table lets anyone promise, if that is enough. */
function boundedAsynchronous(question: ReplicationQuestion): ReplicationMode {
  const { leastRpoSeconds, engine, platform } = question.capability;
  if (question.rpoSeconds >= leastRpoSeconds) return { kind: 'asynchronous', boundedRpoSeconds: leastRpoSeconds };
  return unsatisfiable(
    question,
    `${engine} on ${platform} replicates asynchronously and may lose ${leastRpoSeconds} s of writes`,
  );
}

/**
 * Seed 004 step 3, "RPO < 5 minutes → require synchronous replication (performance impact)": synchronous where the
 * capability table has it, with its price per write; where not, the least bounded recovery point, named in the plan, or
 * unsatisfiable. A request that itself says `asynchronous` is allowed that; then the drill must prove the RPO.
 */
export function replicationMode(question: ReplicationQuestion): ReplicationMode {
  const { store, rpoSeconds, capability, writePenaltyMs } = question;
  const synchronous: ReplicationMode = { kind: 'synchronous', writePenaltyMs };
  switch (store.replication) {
    case 'synchronous':
      return capability.synchronous
        ? synchronous
        : unsatisfiable(
            question,
            `${capability.engine} on ${capability.platform} has no synchronous replication across regions`,
          );
    case 'asynchronous':
      return boundedAsynchronous(question);
    case 'auto':
      return rpoSeconds < SYNCHRONOUS_BELOW_RPO_SECONDS && capability.synchronous
        ? synchronous
        : boundedAsynchronous(question);
  }
}
