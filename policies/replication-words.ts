import type { ReplicationMode, StoreReplication } from '../contracts/replication';
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
export function replicationWords({ mode, primary, replicas, readers }: Replicated): string[] {
  return [...modeWords(), ...(readers.length > 0 ? [`only read, never promoted: ${readers.join(', ')}`] : [])];

  function modeWords(): string[] {
    switch (mode.kind) {
      case 'synchronous': {
        const { quorum, writePenaltyMs, whenDegraded } = mode;
        const standbys = replicas.length - readers.length;
        return [
          `synchronous, a write is acknowledged when ${quorum} of ${counted(standbys)} ${quorum === 1 ? 'has' : 'have'} it, ${Math.round(writePenaltyMs)} ms later`,
          whenDegraded === 'block'
            ? 'no acknowledged write is lost with the primary'
            : `no acknowledged write is lost with the primary while ${counted(quorum)} ${quorum === 1 ? 'answers' : 'answer'}`,
          whenDegraded === 'block'
            ? `with fewer than ${counted(quorum)} (whenDegraded: block), writes wait`
            : `with fewer than ${counted(quorum)} (whenDegraded: continue), writes are acknowledged by the primary alone and lost with it`,
        ];
      }
      case 'asynchronous':
        return replicas.length === 0
          ? [`one copy in ${primary}`]
          : [
              `asynchronous, a write is acknowledged by ${primary} alone`,
              `up to ${mode.boundedRpoSeconds} s of acknowledged writes may be lost with it`,
            ];
      case 'unsatisfiable':
        return [mode.reason];
    }
  }
}
