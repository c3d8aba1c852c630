import type { Capability } from '../catalog/capabilities';
import type { ReplicationMode, WhenDegraded } from '../contracts/replication';
import type { DataStoreRequest } from '../contracts/request';
import { counted, whenDegraded } from './when-degraded';

/** Below this recovery point seed 004 step 3 asks for synchronous replication. */
const SYNCHRONOUS_BELOW_RPO_SECONDS = 300;

export interface ReplicationModeQuestion {
  store: Pick<DataStoreRequest, 'name' | 'consistency' | 'replication' | 'quorum' | 'whenDegraded'>;
  rpoSeconds: number;
  capability: Pick<Capability, 'engine' | 'platform' | 'synchronous' | 'leastRpoSeconds'>;
  /** round trips from the primary to the standbys that may take over, milliseconds, in any order */
  standbyRttsMs: readonly number[];
}

type Synchronous = Extract<ReplicationMode, { kind: 'synchronous' }>;

function unsatisfiable({ rpoSeconds }: ReplicationModeQuestion, reason: string, alternatives: string[]) {
  return { kind: 'unsatisfiable' as const, reason: `rpo ${rpoSeconds} s: ${reason}`, alternatives };
}

/** Asynchronous with the least recovery point that the capability table lets anyone promise, if that is enough. */
function boundedAsynchronous(question: ReplicationModeQuestion): ReplicationMode {
  const { engine, platform, leastRpoSeconds, synchronous } = question.capability;
  if (question.rpoSeconds >= leastRpoSeconds) return { kind: 'asynchronous', boundedRpoSeconds: leastRpoSeconds };
  return unsatisfiable(
    question,
    `${engine} on ${platform} replicates asynchronously and may lose ${leastRpoSeconds} s of writes`,
    [
      `accept an rpo of at least ${leastRpoSeconds} s for ${engine} on ${platform}`,
      synchronous
        ? 'let the store replicate synchronously to a second region'
        : 'choose a platform whose engine replicates synchronously across regions',
    ],
  );
}

/** A commit waits for the answer of the `quorum`-th nearest standby. */
export function synchronousMode(
  rttsMs: readonly number[],
  { quorum, whenDegraded }: { quorum: number; whenDegraded: WhenDegraded },
): Synchronous {
  const writePenaltyMs = [...rttsMs].sort((a, b) => a - b)[quorum - 1] ?? 0;
  return { kind: 'synchronous', writePenaltyMs, quorum, whenDegraded };
}

function synchronously(question: ReplicationModeQuestion): ReplicationMode {
  const { store, standbyRttsMs, rpoSeconds } = question;
  const quorum = store.quorum ?? 1;
  const standbys = standbyRttsMs.length;
  if (standbys < quorum) {
    return unsatisfiable(
      question,
      `a commit would wait for ${counted(quorum)}, and there ${standbys === 1 ? 'is 1' : `are ${standbys}`}`,
      [`${quorum} or more regions beside the primary that may take over`],
    );
  }
  const decided = whenDegraded({ store, quorum, standbys, rpoSeconds });
  return decided.kind === 'decided'
    ? synchronousMode(standbyRttsMs, { quorum, whenDegraded: decided.whenDegraded })
    : unsatisfiable(question, decided.reason, decided.alternatives);
}

/** Whether the request means that commits wait, where the engine can: it says so, or its recovery point does. */
export function waitsForStandbys({ replication }: Pick<DataStoreRequest, 'replication'>, rpoSeconds: number): boolean {
  return replication === 'synchronous' || (replication === 'auto' && rpoSeconds < SYNCHRONOUS_BELOW_RPO_SECONDS);
}

/**
 * Seed 004 step 3, "RPO < 5 minutes → require synchronous replication (performance impact)": synchronous where the
 * capability table has it, with its price per write; where not, the least bounded recovery point, named in the plan, or
 * unsatisfiable. A request that itself says `asynchronous` is allowed that; then the drill must prove the RPO. Without a
 * standby there is nothing to wait for: one region is never synchronous.
 */
export function replicationMode(question: ReplicationModeQuestion): ReplicationMode {
  const { store, rpoSeconds, capability, standbyRttsMs } = question;
  switch (store.replication) {
    case 'synchronous':
      return capability.synchronous
        ? synchronously(question)
        : unsatisfiable(
            question,
            `${capability.engine} on ${capability.platform} has no synchronous replication across regions`,
            [
              `let the store replicate asynchronously, with an rpo of at least ${capability.leastRpoSeconds} s`,
              'choose a platform whose engine replicates synchronously across regions',
            ],
          );
    case 'asynchronous':
      return boundedAsynchronous(question);
    case 'auto':
      return waitsForStandbys(store, rpoSeconds) && capability.synchronous && standbyRttsMs.length > 0
        ? synchronously(question)
        : boundedAsynchronous(question);
  }
}
