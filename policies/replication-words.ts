import type { ReplicationMode, StoreReplication } from '../contracts/replication';
import { standbysOf } from './standbys-of';
import { counted } from './when-degraded';

type Replicated = Pick<StoreReplication, 'mode' | 'primary' | 'replicas' | 'readers'>;

/** A mode in a few words, for lists. */
export function replicationInBrief(mode: ReplicationMode): string {
  return mode.kind === 'synchronous' ? `synchronous to ${counted(mode.quorum)} (${mode.whenDegraded})` : mode.kind;
}

/**
 * How a store is replicated, for people who approve it: when a write is acknowledged, what is lost at most, what happens
 * while standbys are missing, and which copies never take over. One entry per statement, the mode first.
 */
export function replicationWords(plan: Replicated): string[] {
  const { mode, primary, replicas } = plan;
  const standbys = standbysOf(plan);
  const readers = replicas.filter((region) => !standbys.includes(region));
  return [...modeWords(), ...(readers.length > 0 ? [`only read, never promoted: ${readers.join(', ')}`] : [])];

  function modeWords(): string[] {
    switch (mode.kind) {
      case 'synchronous': {
        const { quorum, writePenaltyMs, whenDegraded } = mode;
        const has = quorum === 1 ? 'has' : 'have';
        return [
          `synchronous: acknowledged when ${quorum} of ${counted(standbys.length)} ${has} the write, ${Math.round(writePenaltyMs)} ms later`,
          ...(whenDegraded === 'block'
            ? ['nothing acknowledged is lost with the primary', 'with fewer standbys writes wait (block)']
            : [
                `nothing acknowledged is lost with the primary while ${counted(quorum)} ${quorum === 1 ? 'answers' : 'answer'}`,
                'with fewer standbys the primary acknowledges alone, and that may be lost with it (continue)',
              ]),
        ];
      }
      case 'asynchronous':
        return replicas.length === 0
          ? [`one copy in ${primary}`]
          : [
              `asynchronous: acknowledged by ${primary} alone`,
              `up to ${mode.boundedRpoSeconds} s of what was acknowledged may be lost with it`,
            ];
      case 'unsatisfiable':
        return [mode.reason];
    }
  }
}
