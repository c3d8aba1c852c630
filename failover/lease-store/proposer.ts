import { randomUUID } from 'node:crypto';
import { type Cell, Collision } from './cell';
import { type Entry, NO_ENTRY } from './entry';
import { LeaseStoreUnavailable } from './lease-store';
import { type Acceptor, type Ballot, latest, majorityOf } from './register';
import type { ReplicaAnswer, ReplicaQuestion } from './replica-protocol';

/** Asks one replica. @throws LeaseStoreUnavailable when it did not answer by `deadline`; it may hear of it later */
export type AskReplica = (question: ReplicaQuestion, deadline: number) => Promise<ReplicaAnswer>;

/** How often a read looks again, when what a majority holds differs, before it settles the matter by a proposal. */
const LOOKS = 3;

/** A first phase is so far ahead of what its proposer has heard of: what others changed since does not cost it a refusal. */
const AHEAD = 8;

/**
 * Reads and changes entries that a majority of replicas keep. Whoever changed an entry last changes it again in one
 * round trip; others need two, whatever they knew before. Reads take one and leave the promises of the replicas alone.
 */
export function createProposer(name: string, replicas: readonly AskReplica[]): Omit<Cell, 'close'> {
  const proposer = `${name}/${randomUUID()}`;
  const needed = majorityOf(replicas.length);
  /** by key: what a majority has promised this proposer, and the entry that it starts from; used once */
  const promises = new Map<string, { ballot: Ballot; present: Entry }>();
  let round = 0;
  const newBallot = (ahead = 1): Ballot => {
    round += ahead;
    return { round, proposer };
  };

  /** The answers of the first majority that did as it was asked. */
  function majority(question: ReplicaQuestion, deadline: number): Promise<Acceptor<Entry>[]> {
    const granted: Acceptor<Entry>[] = [];
    const failures: string[] = [];
    let refusals = 0;
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => {
        failures.push(reason);
        if (failures.length !== replicas.length - needed + 1) return;
        const message = `no majority for ${question.kind}: ${failures.join('; ')}`;
        reject(refusals > 0 ? new Collision(message, question.kind === 'accept') : new LeaseStoreUnavailable(message));
      };
      const take = ({ granted: isGranted, state }: ReplicaAnswer) => {
        round = Math.max(round, state.promised?.round ?? 0);
        if (!isGranted) {
          refusals += 1;
          return fail('a later proposal is under way');
        }
        granted.push(state);
        if (granted.length === needed) resolve([...granted]);
      };
      for (const ask of replicas) ask(question, deadline).then(take, (error: Error) => fail(error.message));
    });
  }

  /** Writes the entry, and has the next ballot promised with it. */
  async function write(key: string, ballot: Ballot, value: Entry, deadline: number): Promise<Entry> {
    const next = newBallot();
    await majority({ kind: 'accept', key, ballot, value, next }, deadline);
    promises.set(key, { ballot: next, present: value });
    return value;
  }

  /** One proposal: `act` says what follows the present entry, itself when nothing is to change. */
  async function propose(key: string, act: (present: Entry) => Entry, deadline: number): Promise<Entry> {
    const promised = promises.get(key);
    promises.delete(key);
    if (promised) return write(key, promised.ballot, act(promised.present), deadline);
    const ballot = newBallot(AHEAD);
    const states = await majority({ kind: 'prepare', key, ballot }, deadline);
    const present = latest(states.map(({ accepted }) => accepted)) ?? NO_ENTRY;
    const next = act(present);
    if (next !== present || !isDecided(states)) return write(key, ballot, next, deadline);
    // whoever asked for something else than what is there asks again: then the promise saves a round trip
    promises.set(key, { ballot, present });
    return present;
  }

  async function read(key: string, deadline: number): Promise<Entry> {
    for (let look = 0; look < LOOKS; look++) {
      const states = await majority({ kind: 'read', key }, deadline);
      if (isDecided(states)) return states[0]?.accepted?.value ?? NO_ENTRY;
    }
    return propose(key, (present) => present, deadline);
  }

  return {
    read,
    prepare: (key, deadline) => {
      // what was promised earlier says nothing of what is there now
      promises.delete(key);
      return propose(key, (present) => present, deadline);
    },
    swap: (key, seen, next, deadline) => {
      // somebody has proposed since that promise was made: it is worth a refusal
      if (promises.get(key)?.present.change !== seen.change) promises.delete(key);
      return propose(key, (present) => (present.change === seen.change ? next : present), deadline);
    },
  };
}

/** What a majority accepted under one ballot is decided, and nothing later was when the first of them was asked. */
function isDecided([first, ...others]: readonly Acceptor<Entry>[]): boolean {
  const ballot = first?.accepted?.ballot;
  return others.every(
    ({ accepted }) => accepted?.ballot.round === ballot?.round && accepted?.ballot.proposer === ballot?.proposer,
  );
}
