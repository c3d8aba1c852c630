import type { WhenDegraded } from '../contracts/replication';
import type { DataStoreRequest } from '../contracts/request';

export interface DegradedQuestion {
  store: Pick<DataStoreRequest, 'consistency' | 'whenDegraded'>;
  rpoSeconds: number;
  /** standbys that a commit waits for */
  quorum: number;
  /** standbys that may take over */
  standbys: number;
}

type DegradedAnswer =
  | { kind: 'decided'; whenDegraded: WhenDegraded }
  | { kind: 'unsatisfiable'; reason: string; alternatives: string[] };

/** Standbys with which `block` survives the loss of any region: one more than a commit waits for. */
export function standbysToBlock(quorum: number): number {
  return quorum + 1;
}

/** A recovery point of nothing allows no acknowledgement by the primary alone, for however short a time. */
function mustBlock({ store, rpoSeconds }: Pick<DegradedQuestion, 'store' | 'rpoSeconds'>): boolean {
  return store.whenDegraded === 'block' || (store.whenDegraded !== 'continue' && rpoSeconds === 0);
}

/**
 * What a synchronous store does while fewer standbys than its quorum answer. PostgreSQL itself waits ("Planning for High
 * Availability" in its manual: the answer may never come if the last standby is gone, so name more than are waited for);
 * Patroni offers both (`synchronous_mode`, `synchronous_mode_strict`). Here:
 * - a request that names one gets that one; an rpo of 0 blocks, since a write acknowledged alone may be lost;
 * - blocking needs one standby more than the quorum: after the loss of a region the new primary would acknowledge
 *   nothing until it returns, and no recovery time could be kept;
 * - otherwise strong consistency blocks where there are standbys enough, and everything else continues.
 */
export function whenDegraded(question: DegradedQuestion): DegradedAnswer {
  const { store, quorum, standbys } = question;
  const needed = standbysToBlock(quorum);
  if (!mustBlock(question)) {
    const blocks = store.whenDegraded !== 'continue' && store.consistency === 'strong' && standbys >= needed;
    return { kind: 'decided', whenDegraded: blocks ? 'block' : 'continue' };
  }
  if (standbys >= needed) return { kind: 'decided', whenDegraded: 'block' };
  return {
    kind: 'unsatisfiable',
    reason: `writes would wait for ${counted(quorum)} of ${standbys}: after the loss of one region there is none to wait for, and no write is acknowledged until it returns`,
    alternatives: [
      `${needed} or more regions beside the primary that may take over`,
      'whenDegraded: continue, which accepts that writes acknowledged by the primary alone may be lost',
    ],
  };
}

/** What a request leaves open: what it names or requires, and blocking only where that survives the loss of a region. */
export function openWhenDegraded(question: DegradedQuestion): WhenDegraded[] {
  const { store, quorum, standbys } = question;
  const open: WhenDegraded[] = mustBlock(question)
    ? ['block']
    : store.whenDegraded === 'continue'
      ? ['continue']
      : ['block', 'continue'];
  return standbys >= standbysToBlock(quorum) ? open : open.filter((way) => way === 'continue');
}

/** Regions that a store needs as standbys before anything else is known about it. */
export function leastStandbys(question: Omit<DegradedQuestion, 'standbys'>): number {
  return mustBlock(question) ? standbysToBlock(question.quorum) : question.quorum;
}

export function counted(standbys: number): string {
  return `${standbys} ${standbys === 1 ? 'standby' : 'standbys'}`;
}
