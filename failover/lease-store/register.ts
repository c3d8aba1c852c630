/**
 * One value kept by a majority of acceptors, changed one compare-and-set at a time: CASPaxos (Denis Rystsov, 2018,
 * arXiv:1802.07000), Paxos without a log. Pure; what travels and what is written to disk is the caller's.
 */

/** Who proposes, and when: larger is later. No two proposers share a name. */
export interface Ballot {
  round: number;
  proposer: string;
}

/** What an acceptor must not forget: it writes this to disk before it answers. */
export interface Acceptor<Value> {
  promised: Ballot | undefined;
  accepted: { ballot: Ballot; value: Value } | undefined;
}

export type PrepareAnswer<Value> =
  | { kind: 'promised'; accepted: Acceptor<Value>['accepted'] }
  | { kind: 'refused'; promised: Ballot };

export type AcceptAnswer = { kind: 'accepted' } | { kind: 'refused'; promised: Ballot };

export function newAcceptor<Value>(): Acceptor<Value> {
  return { promised: undefined, accepted: undefined };
}

export function isLater(a: Ballot, b: Ballot | undefined): boolean {
  if (!b) return true;
  return a.round > b.round || (a.round === b.round && a.proposer > b.proposer);
}

/** The first of two phases: no earlier proposal is accepted any more. */
export function prepare<Value>(
  acceptor: Acceptor<Value>,
  ballot: Ballot,
): { acceptor: Acceptor<Value>; answer: PrepareAnswer<Value> } {
  const { promised, accepted } = acceptor;
  if (promised && !isLater(ballot, promised)) return { acceptor, answer: { kind: 'refused', promised } };
  return { acceptor: { promised: ballot, accepted }, answer: { kind: 'promised', accepted } };
}

/**
 * The second phase. A proposal that was promised, or is later than any promise, is taken. `next` is a later ballot that
 * is promised in the same act: its proposer may do without the first phase (§2.2.1 of the paper), since those who took
 * this value and made that promise have nothing later to tell.
 */
export function accept<Value>(
  acceptor: Acceptor<Value>,
  ballot: Ballot,
  value: Value,
  next: Ballot = ballot,
): { acceptor: Acceptor<Value>; answer: AcceptAnswer } {
  const { promised } = acceptor;
  if (promised && isLater(promised, ballot)) return { acceptor, answer: { kind: 'refused', promised } };
  return { acceptor: { promised: next, accepted: { ballot, value } }, answer: { kind: 'accepted' } };
}

/** The value that a majority of promises lets a proposer start from: the latest that any of them has accepted. */
export function latest<Value>(promises: ReadonlyArray<Acceptor<Value>['accepted']>): Value | undefined {
  let found: Acceptor<Value>['accepted'];
  for (const accepted of promises) if (accepted && isLater(accepted.ballot, found?.ballot)) found = accepted;
  return found?.value;
}

export function majorityOf(acceptors: number): number {
  return Math.floor(acceptors / 2) + 1;
}
