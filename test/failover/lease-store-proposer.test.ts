import fc, { type Scheduler } from 'fast-check';
import { Collision } from '../../failover/lease-store/cell';
import { type Entry, NO_ENTRY } from '../../failover/lease-store/entry';
import { LeaseStoreUnavailable } from '../../failover/lease-store/lease-store';
import { type AskReplica, createProposer } from '../../failover/lease-store/proposer';
import { type Acceptor, newAcceptor } from '../../failover/lease-store/register';
import { answerQuestion } from '../../failover/lease-store/replica-protocol';
import { notLinearisable, type Operation } from './lease-store-history';

type Bug =
  | 'none'
  | 'does not keep the promise that came with a value'
  | 'does not keep its promise'
  | 'answers before it has written, and restarts'
  | 'is the only one that a proposer asks';

/** What becomes of a question and its answer; `late`: its sender gave up long before it arrives. */
type Fate = 'answered' | 'lost' | 'answer lost' | 'late';

type Act = 'read' | 'prepare' | 'change';

interface Script {
  /** by client: what it does, one after the other */
  clients: ReadonlyArray<ReadonlyArray<Act>>;
  fates: readonly Fate[];
}

const KEY = 'a/b/c/d';
const TRIES = 3;

/** Plays proposers over three replicas; every message arrives when the scheduler says so. Returns what they saw. */
async function play(scheduler: Scheduler, { clients, fates }: Script, bug: Bug): Promise<Operation[]> {
  const states: Acceptor<Entry>[] = [newAcceptor(), newAcceptor(), newAcceptor()];
  const operations: Operation[] = [];
  let messages = 0;
  let clock = 0;
  const arrive = (what: string) => scheduler.schedule(Promise.resolve(), what);

  const replica =
    (nth: number): AskReplica =>
    async (question) => {
      const fate = fates[messages++ % fates.length];
      const take = async () => {
        await arrive(question.kind);
        const before = states[nth] as Acceptor<Entry>;
        const answer = answerQuestion(before, question);
        states[nth] = kept(before, answer.state);
        if (bug === 'answers before it has written, and restarts' && messages % 5 === 0) states[nth] = before;
        return answer;
      };
      if (fate === 'late') void take();
      if (fate === 'answered' || fate === 'answer lost') {
        const answer = await take();
        await arrive('answer');
        if (fate === 'answered') return answer;
      }
      throw new LeaseStoreUnavailable('no answer');
    };

  function kept(before: Acceptor<Entry>, after: Acceptor<Entry>): Acceptor<Entry> {
    const isPromise = after.accepted === before.accepted;
    if (bug === 'does not keep its promise' && isPromise) return before;
    if (bug === 'does not keep the promise that came with a value' && !isPromise)
      return { ...after, promised: after.accepted?.ballot };
    return after;
  }

  // a third client shares the proposer of the first: a keeper reads while it changes, too
  const proposers = [0, 1].map((nth) =>
    createProposer(
      `proposer-${nth}`,
      bug === 'is the only one that a proposer asks' ? [replica(nth)] : [0, 1, 2].map(replica),
    ),
  );

  const run = async (by: string, nth: number, acts: Script['clients'][number]) => {
    const proposer = proposers[nth % proposers.length]!;
    let seen = NO_ENTRY;
    for (const act of acts) {
      const operation: Operation = { by, kind: 'read', begin: ++clock, end: 0, outcome: 'unknown', attempts: [] };
      operations.push(operation);
      const found = act === 'change' ? await change(operation) : await proposer[act](KEY, 0).catch(() => undefined);
      if (act !== 'change' && found) operation.outcome = 'read';
      Object.assign(operation, { end: ++clock, lease: found?.lease });
      seen = found ?? seen;
    }

    async function change(operation: Operation): Promise<Entry | undefined> {
      const lease = { holder: by, epoch: 1, renewal: seen.version + 1 };
      const next: Entry = { lease, version: seen.version + 1, change: `${by}/${operation.begin}` };
      operation.kind = 'change';
      for (let tries = 0; tries < TRIES; tries++) {
        try {
          const found = await proposer.swap(KEY, seen, next, 0);
          const isMade = found.change === next.change;
          if (!isMade && found.version > next.version && operation.attempts.length > 0) return undefined;
          operation.outcome = isMade ? 'changed' : 'refused';
          if (isMade) operation.attempts = [{ from: seen.lease, to: lease }];
          return found;
        } catch (error) {
          if (error instanceof Collision && !error.mayHaveHappened) continue;
          operation.attempts = [{ from: seen.lease, to: lease }];
        }
      }
      return undefined;
    }
  };
  await scheduler.waitFor(Promise.all(clients.map((acts, nth) => run(`client-${nth}`, nth, acts))));
  return operations;
}

const scripts: fc.Arbitrary<Script> = fc.record({
  clients: fc.array(
    fc.array(fc.constantFrom<Act>('read', 'prepare', 'change', 'change', 'change'), { minLength: 1, maxLength: 5 }),
    {
      minLength: 2,
      maxLength: 3,
    },
  ),
  fates: fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.constant<Fate>('answered') },
      { weight: 1, arbitrary: fc.constantFrom<Fate>('lost', 'answer lost', 'late') },
    ),
    { minLength: 10, maxLength: 60 },
  ),
});

describe('a proposer', () => {
  it('reads and changes one register, whatever the network loses, delays and reorders', async () => {
    const counts: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), scripts, async (scheduler, script) => {
        const operations = await play(scheduler, script, 'none');
        for (const { outcome } of operations) counts[outcome] = (counts[outcome] ?? 0) + 1;
        expect(notLinearisable(operations)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    for (const outcome of ['read', 'changed', 'refused', 'unknown']) expect(counts[outcome]).toBeGreaterThan(100);
  });

  it.each<Bug>([
    'does not keep the promise that came with a value',
    'does not keep its promise',
    'answers before it has written, and restarts',
    'is the only one that a proposer asks',
  ])('would be caught: a replica %s', async (bug) => {
    const found = await fc.check(
      fc.asyncProperty(
        fc.scheduler(),
        scripts,
        async (scheduler, script) => notLinearisable(await play(scheduler, script, bug)) === undefined,
      ),
      { numRuns: 5_000 },
    );
    expect(found.failed).toBe(true);
  });

  /** Two proposers of replicas that answer at once, and what these are asked. */
  function watched() {
    const states: Acceptor<Entry>[] = [newAcceptor(), newAcceptor(), newAcceptor()];
    const asked: string[] = [];
    const replicas = states.map(
      (_, nth): AskReplica =>
        async (question) => {
          asked.push(question.kind);
          const answer = answerQuestion(states[nth] as Acceptor<Entry>, question);
          states[nth] = answer.state;
          return answer;
        },
    );
    return { a: createProposer('a', replicas), b: createProposer('b', replicas), asked };
  }
  const entry = (version: number): Entry => ({ ...NO_ENTRY, version, change: String(version) });
  const ofEach = (...kinds: string[]) => kinds.flatMap((kind) => Array(3).fill(kind));

  it('asks each replica once for a change that follows its own', async () => {
    const { a, b, asked } = watched();
    await a.swap(KEY, NO_ENTRY, entry(1), 0);
    asked.length = 0;
    await b.read(KEY, 0);
    expect(await a.swap(KEY, entry(1), entry(2), 0)).toEqual(entry(2));
    expect(asked).toEqual(ofEach('read', 'accept'));
  });

  it('asks each replica once for a change that was prepared', async () => {
    const { a, b, asked } = watched();
    await a.swap(KEY, NO_ENTRY, entry(1), 0);
    await b.read(KEY, 0);
    expect(await b.prepare(KEY, 0)).toEqual(entry(1));
    asked.length = 0;
    expect(await b.swap(KEY, entry(1), entry(2), 0)).toEqual(entry(2));
    expect(asked).toEqual(ofEach('accept'));
  });

  it('asks each replica twice for a change by somebody whose news is old', async () => {
    const { a, b, asked } = watched();
    await a.swap(KEY, NO_ENTRY, entry(1), 0);
    await b.read(KEY, 0);
    await a.swap(KEY, entry(1), entry(2), 0);
    asked.length = 0;
    expect(await b.swap(KEY, entry(1), entry(3), 0)).toEqual(entry(2));
    expect(await b.swap(KEY, entry(2), entry(3), 0)).toEqual(entry(3));
    expect(asked).toEqual(ofEach('prepare', 'accept'));
  });
});
