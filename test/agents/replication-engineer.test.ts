import fc from 'fast-check';
import { runAgent } from '../../agents/loop/agent-loop';
import { partsText } from '../../agents/loop/facts';
import { firstCall } from '../../agents/loop/first-call';
import { readAnswerText } from '../../agents/loop/read-answer';
import { openLedger } from '../../agents/loop/token-ledger';
import type { ReplicationInput } from '../../agents/replication-engineer/replication-choice';
import { replicationDecisions } from '../../agents/replication-engineer/replication-decisions';
import { replicationEngineer } from '../../agents/replication-engineer/replication-engineer';
import { replicationFacts } from '../../agents/replication-engineer/replication-facts';
import { decisionSchema } from '../../contracts/decision';
import type { StoreQuestion } from '../../policies/replication-options';
import { planReplication } from '../../skills/database-optimization-analyzer/skill';
import { hostileText } from './hostile-text';
import { exampleTopology, replicationInput } from './planned-input';

const STORES = ['orders', 'audit', 'sessions-of-customers'].map((name) => ({
  name,
  engine: 'postgresql',
  replication: 'auto',
  personalData: name === 'orders',
}));
/** Engines that replicate asynchronously only, as on AWS. */
const CHANGES = { platform: 'aws', dataStores: STORES, recovery: { rtoSeconds: 900, rpoSeconds: 600 } };
/** Engines whose commits can wait for two other regions. */
const ON_LAB = {
  ...CHANGES,
  platform: 'lab',
  dataStores: STORES.map((store) => ({ ...store, consistency: 'eventual' })),
};
const GOOD = {
  weigh: 'orders is the hardest: money; the note wants to know of a lag early',
  picks: ['orders 0 warn 5000: money, noticed within 5 s', 'audit 0', 's3 0: sessions rebuild'],
  order: ['audit', 'orders'],
  conflicts: 'one writer, so none can arise',
  proof: ['row counts agree'],
};

function read(change: Partial<typeof GOOD> = {}, input: ReplicationInput = replicationInput(CHANGES)) {
  return readAnswerText(replicationEngineer, JSON.stringify({ ...GOOD, ...change }), input);
}

const WAITS = { kind: 'synchronous', writePenaltyMs: 70, quorum: 1, whenDegraded: 'continue' } as const;

/** The same stores as if an engine could replicate synchronously. */
function withSynchronous(input: ReplicationInput, blocked?: string): ReplicationInput {
  return {
    ...input,
    questions: input.questions.map(
      (question): StoreQuestion => ({
        ...question,
        options: [...question.options.slice(0, 1), { mode: WAITS, ...(blocked && { blocked }) }],
      }),
    ),
  };
}

describe('guard of the replication engineer', () => {
  it('turns picks into wishes that rules calculate with', () => {
    const reading = read();
    if (reading.kind !== 'accepted') throw new Error(JSON.stringify(reading));
    const { wishes } = reading.choice;
    expect(wishes).toEqual({
      stores: [
        { store: 'orders', mode: 'asynchronous', lagThresholdMs: 5_000 },
        { store: 'audit', mode: 'asynchronous' },
        { store: 'sessions-of-customers', mode: 'asynchronous' },
      ],
      order: ['audit', 'orders'],
    });
    const plan = planReplication({ ...exampleTopology(CHANGES), wishes });
    expect(plan.stores.map(({ lagThresholdMs }) => lagThresholdMs)).toEqual([5_000, 90_000, 90_000]);
    expect(plan.order.slice(0, 3)).toEqual(['us-east-1/audit', 'us-east-1/orders', 'us-east-1/sessions-of-customers']);
    const decisions = replicationDecisions({ kind: 'decided', by: 'model', model: 'm', choice: reading.choice }, plan);
    expect(decisions.map((one) => decisionSchema.parse(one).about)).toEqual([
      'replication',
      ...STORES.map(({ name }) => `replication of ${name}`),
    ]);
    expect(decisions[1]).toMatchObject({
      decidedBy: 'model',
      reason: expect.stringContaining('noticed within 5 s; postgresql on aws'),
    });
  });

  it.each<[string, Partial<typeof GOOD>, RegExp]>([
    ['a store that is not there', { picks: [...GOOD.picks, 'ledger 0'] }, /"ledger 0" is not/],
    ['a store that is missing', { picks: GOOD.picks.slice(0, 2) }, /sessions-of-customers is missing/],
    ['a store twice', { picks: [...GOOD.picks, 'audit 0'] }, /audit is picked twice/],
    [
      'an option that is blocked',
      { picks: ['orders 1', 'audit 0', 's3 0'] },
      /orders option 1 is blocked: engine has none/,
    ],
    ['an option that is not there', { picks: ['orders 7', 'audit 0', 's3 0'] }, /orders has options 0, 1, not 7/],
    [
      'an alarm that distance alone would raise',
      { picks: ['orders 0 warn 10', 'audit 0', 's3 0'] },
      /warn 10 ms; valid is 1000 to 270000/,
    ],
    [
      'an alarm that the recovery point would not survive',
      { picks: ['orders 0 warn 400000', 'audit 0', 's3 0'] },
      /valid is 1000 to/,
    ],
    ['prose', { picks: ['all as they are'] }, /is not "store option/],
  ])('refuses %s', (_, change, reason) => {
    const reading = read(change);
    expect(reading).toMatchObject({ kind: 'refused', refusal: { fields: ['picks'] } });
    expect(reading.kind === 'refused' && reading.refusal.violations.join('; ')).toMatch(reason);
  });

  it('takes another option where rules leave one open, and only there', () => {
    const picks = ['orders 1: money', 'audit 0', 's3 0'];
    expect(read({ picks }, withSynchronous(replicationInput(CHANGES)))).toMatchObject({
      choice: {
        wishes: { stores: [{ store: 'orders', mode: 'synchronous', quorum: 1, whenDegraded: 'continue' }, {}, {}] },
      },
    });
    expect(read({ picks }, withSynchronous(replicationInput(CHANGES), 'rpo'))).toMatchObject({ kind: 'refused' });
  });

  it('takes a quorum and what happens while standbys are missing where the engine leaves them open', () => {
    const picks = ['orders 2: a lost order is refunded', 'audit 0', 's3 3'];
    const reading = read({ picks }, replicationInput(ON_LAB));
    if (reading.kind !== 'accepted') throw new Error(JSON.stringify(reading));
    const { wishes } = reading.choice;
    expect(wishes.stores).toEqual([
      { store: 'orders', mode: 'synchronous', quorum: 1, whenDegraded: 'continue' },
      { store: 'audit', mode: 'asynchronous' },
      { store: 'sessions-of-customers', mode: 'synchronous', quorum: 2, whenDegraded: 'continue' },
    ]);
    const plan = planReplication({ ...exampleTopology(ON_LAB), wishes });
    expect(plan.stores[0]?.mode).toMatchObject({ kind: 'synchronous', quorum: 1, whenDegraded: 'continue' });
  });

  it('keeps the good picks of an answer that could not be corrected, and rules for the others', () => {
    const input = replicationInput(CHANGES);
    const kept = replicationEngineer.salvage?.({ ...GOOD, picks: ['orders 1', 'audit 0 warn 2000: watched'] }, input);
    expect(kept?.wishes.stores).toEqual([{ store: 'audit', mode: 'asynchronous', lagThresholdMs: 2_000 }]);
    expect(kept?.whys).toEqual([
      { store: 'audit', why: 'watched' },
      { store: 'orders', why: expect.stringMatching(/as rules say.*option 1 is blocked/), refused: true },
      { store: 'sessions-of-customers', why: expect.stringContaining('as rules say'), refused: true },
    ]);
    expect(replicationEngineer.salvage?.({ ...GOOD, picks: ['nonsense'] }, input)).toBeUndefined();
  });

  it('keeps nothing where rules may not choose unasked', async () => {
    const input = replicationInput(CHANGES);
    const ask = (onModelFailure: 'stop' | 'rules') =>
      runAgent(replicationEngineer, input, {
        book: { ledger: openLedger({ replication: 1_700 }) },
        model: { id: 'm', price: { inputUsdPerMillion: 2, outputUsdPerMillion: 10 } },
        onModelFailure,
        longestWaitMs: 0,
        takeTurn: async () => ({
          kind: 'answered',
          text: JSON.stringify({ ...GOOD, picks: ['orders 1', 'audit 0'] }),
          stopReason: 'end_turn',
          inputTokens: 1_100,
          outputTokens: 300,
        }),
        sleep: async () => undefined,
        isCancellation: () => false,
      });
    expect(await ask('rules')).toMatchObject({ kind: 'decided', by: 'model' });
    expect(await ask('stop')).toMatchObject({ kind: 'stopped', because: { code: 'policy' } });
  });

  it('follows no wish that rules do not allow, whoever made it', () => {
    const wish = { store: 'orders', mode: 'synchronous', lagThresholdMs: 1 } as const;
    const plan = planReplication({ ...exampleTopology(CHANGES), wishes: { stores: [wish], order: ['nobody'] } });
    expect(plan).toEqual(planReplication(exampleTopology(CHANGES)));
  });
});

const hostileInput: fc.Arbitrary<ReplicationInput> = fc
  .record({
    notes: hostileText,
    residency: fc.array(hostileText, { maxLength: 10 }),
    names: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/), { minLength: 1, maxLength: 20 }),
    blocked: fc.option(fc.constant('engine has none across regions'), { nil: undefined }),
  })
  .map(({ notes, residency, names, blocked }) => {
    const base = replicationInput();
    const dataStores = names.map((name) => ({ ...base.request.dataStores[0]!, name }));
    const request = { ...base.request, notes, dataStores, compliance: { frameworks: [], residency } };
    const input = { ...base, request, questions: names.map((store) => ({ ...base.questions[0]!, store })) };
    return blocked === undefined ? input : withSynchronous(input, blocked);
  });

describe('facts of the replication engineer', () => {
  it('tell a small request in full', () => {
    const call = firstCall(replicationEngineer, replicationInput(CHANGES), openLedger(), 'm');
    expect(call.rung).toBe('3 of 3 stores, all options, 1 of 1 places');
    expect(call.user).toContain('writes should be fastest there');
    expect(call.user).toMatch(/^options 0 async loss 60 s; 1 sync 1 continue pen \d+ ms$/m);
    expect(call.user).toContain(
      's3 postgresql strong none plain 90000 1000 270000; 0 1!engine has none across regions\n',
    );
  });

  it('name every way once, and the stores that have it by number', () => {
    const call = firstCall(replicationEngineer, replicationInput(ON_LAB), openLedger(), 'm');
    expect(call.user).toMatch(
      /^options 0 async loss 1 s; 1 sync 1 block pen (\d+) ms; 2 sync 1 continue pen \1 ms; 3 sync 2 continue pen \d+ ms$/m,
    );
    expect(call.user).toMatch(/^s3 postgresql eventual none plain 90000 \d+ 270000; 0 1 2 3$/m);
  });

  it('grow only with a committed number', () => {
    expect(
      firstCall(replicationEngineer, replicationInput(CHANGES), openLedger(), 'm').estimatedTokens,
    ).toBeLessThanOrEqual(1_250);
  });

  it('fit beside a useful answer for 1 to 20 stores, whatever the names and notes', () => {
    fc.assert(
      fc.property(hostileInput, (input) => {
        const call = firstCall(replicationEngineer, input, openLedger(), 'm');
        expect(call.estimatedTokens + replicationEngineer.output.minimumTokens).toBeLessThanOrEqual(2_910);
        for (const { parts } of replicationFacts(input))
          expect(partsText(parts).match(/<\/?data>/g)).toEqual(['<data>', '</data>']);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });

  it('leave the block of a correction closed', () => {
    fc.assert(
      fc.property(hostileInput, fc.array(hostileText, { maxLength: 20 }), (input, picks) => {
        const parts =
          replicationEngineer.repair?.facts({ picks }, { fields: ['picks'], violations: picks }, input) ?? [];
        expect(partsText(parts).match(/<\/?data>/g)).toEqual(['<data>', '</data>']);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
