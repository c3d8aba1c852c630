import fc from 'fast-check';
import { type Approval, type DecideApprovalInput, decisionText } from '../../contracts/approval';
import { type DecisionFacts, decisionRefusal, isVerified } from '../../policies/decision-refusal';
import { testKey } from '../support/signing-keys';

const WORKFLOW = 'deploy/orders/production/3';
const NOW_MS = Date.parse('2026-11-21T10:00:00.000Z');
const at = (offsetMs: number) => new Date(NOW_MS + offsetMs).toISOString();
const digest = 'd'.repeat(64);
const mira = testKey('mira-laptop', { kind: 'person', name: 'mira', aliases: ['slack:UMIRA'] });
const ada = testKey('ada-laptop', { kind: 'person', name: 'ada', aliases: ['slack:UADA'] });
const slack = testKey('slack-gateway', { kind: 'gateway', name: 'slack:' });
const stranger = testKey('mira-laptop', { kind: 'person', name: 'mira' });
const approvers = [mira, ada, slack].map(({ approver }) => approver);
const approval: Approval = {
  id: 'plan',
  gate: 'plan',
  digest,
  summary: 'the plan of orders',
  irreversible: [],
  requester: 'ada',
  requestedAt: at(-60_000),
  expiresAt: at(60_000),
  state: 'waiting',
  verified: false,
};

function facts(change: Partial<DecisionFacts> = {}, decision: Partial<DecideApprovalInput> = {}): DecisionFacts {
  return {
    decision: { approvalId: 'plan', digest, decision: 'approve', by: 'mira', ...decision },
    approval,
    workflowId: WORKFLOW,
    environment: 'production',
    approvers,
    nowMs: NOW_MS,
    ...change,
  };
}

/** The facts with the decision signed as they stand. */
function signed(unsigned: DecisionFacts, key = mira, issuedAt = at(-1_000)): DecisionFacts {
  const { decision, workflowId } = unsigned;
  const signature = key.sign((issued) => decisionText(workflowId, decision, issued), issuedAt);
  return { ...unsigned, decision: { ...decision, signature } };
}

describe('in production', () => {
  it('counts what a configured approver signed', () => {
    expect(decisionRefusal(signed(facts()))).toBeUndefined();
    expect(isVerified(signed(facts()))).toBe(true);
    expect(decisionRefusal(signed(facts({}, { by: 'slack:UMIRA' }), slack))).toBeUndefined();
  });

  it('refuses a decision without a signature and says how to sign', () => {
    expect(decisionRefusal(facts())).toMatch(/must be signed: set MERIDIAN_SIGNING_KEY/);
    expect(decisionRefusal(facts({ approvers: [] }))).toMatch(/set MERIDIAN_APPROVERS for the worker/);
  });

  it.each([
    ['the requester', 'ada', ada],
    ['the requester through chat', 'slack:UADA', slack],
  ])('lets %s reject, but not approve', (_who, by, key) => {
    expect(decisionRefusal(signed(facts({}, { by }), key))).toBe(`${by} asked for this: somebody else must approve it`);
    expect(decisionRefusal(signed(facts({}, { by, decision: 'reject' }), key))).toBeUndefined();
  });

  it('knows a requester in chat who holds a key as well', () => {
    const asked = facts({ approval: { ...approval, requester: 'slack:UMIRA' } });
    expect(decisionRefusal(signed(asked))).toMatch(/somebody else must approve/);
  });

  it('lets a gateway speak only for those who may decide', () => {
    const narrow = [{ ...slack.approver, deciders: ['slack:UMIRA'] }];
    const through = (by: string) => decisionRefusal(signed(facts({ approvers: narrow }, { by }), slack));
    expect(through('slack:UMIRA')).toBeUndefined();
    expect(through('slack:UOTHER')).toBe('slack:UOTHER is not among those who may decide for production here');
  });
});

describe('outside production', () => {
  const staging = facts({ environment: 'staging' });

  it('counts an unsigned decision, unverified, and the requester’s own', () => {
    expect(decisionRefusal(staging)).toBeUndefined();
    expect(isVerified(staging)).toBe(false);
    expect(decisionRefusal(facts({ environment: 'staging' }, { by: 'ada' }))).toBeUndefined();
  });

  it('refuses a signature that is wrong, yet cannot judge one where no approver is configured', () => {
    expect(decisionRefusal(signed(staging, stranger))).toBe('the signature is wrong');
    const nobody = signed({ ...staging, approvers: [] });
    expect(decisionRefusal(nobody)).toBeUndefined();
    expect(isVerified(nobody)).toBe(false);
  });
});

describe('a signature', () => {
  it.each([
    ['a key nobody knows', signed(facts(), testKey('other', { kind: 'person', name: 'mira' })), /not among/],
    ['another key under a known id', signed(facts(), stranger), /signature is wrong/],
    ['a key of another person', signed(facts({}, { by: 'ada' }), mira), /may sign for mira, not for ada/],
    ['a gateway for a person', signed(facts(), slack), /names that begin with slack:, not for mira/],
    ['a gateway for nobody', signed(facts({}, { by: 'slack:' }), slack), /not for slack:: say/],
    ['a foreign prefix', signed(facts({}, { by: 'webhook:mira' }), slack), /not for webhook:mira/],
    ['an old signature', signed(facts(), mira, at(-601_000)), /more than 10 minutes ago/],
    ['a signature from the future', signed(facts(), mira, at(61_000)), /in the future/],
  ])('is refused: %s', (_what, forged, reason) => {
    expect(decisionRefusal(forged)).toMatch(reason);
    expect(isVerified(forged)).toBe(false);
  });

  it('may be ten minutes old and a minute ahead', () => {
    for (const offsetMs of [-600_000, 60_000])
      expect(decisionRefusal(signed(facts(), mira, at(offsetMs)))).toBeUndefined();
  });

  it('covers every field of the decision', () => {
    const change = fc.oneof(
      fc.record({ decision: fc.constant('reject' as const) }),
      fc.record({ comment: fc.string({ minLength: 1, maxLength: 50 }) }),
    );
    fc.assert(
      fc.property(change, (changed) => {
        const { decision, ...rest } = signed(facts());
        const forged = { ...rest, decision: { ...decision, ...changed } };
        return decisionRefusal(forged) === 'the signature is wrong' && !isVerified(forged);
      }),
    );
    const { decision } = signed(facts());
    const elsewhere = facts({ workflowId: 'deploy/orders/production/4', decision });
    expect(decisionRefusal(elsewhere)).toBe('the signature is wrong');
  });

  it('does not survive a change of any bit, nor any other text in its place', () => {
    const { decision, ...rest } = signed(facts());
    const genuine = Buffer.from(decision.signature!.signature, 'base64');
    const bit = fc.integer({ min: 0, max: 511 }).map((position) => {
      const bytes = Buffer.from(genuine);
      bytes[position >> 3]! ^= 1 << (position & 7);
      return bytes.toString('base64');
    });
    const other = fc.oneof(bit, fc.string({ maxLength: 128 }), fc.base64String({ maxLength: 128 }));
    fc.assert(
      fc.property(other, (signature) => {
        fc.pre(signature !== genuine.toString('base64'));
        const forged = { ...rest, decision: { ...decision, signature: { ...decision.signature!, signature } } };
        return decisionRefusal(forged) !== undefined && !isVerified(forged);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the approval', () => {
  it.each(['approved', 'rejected', 'expired', 'void', 'not-required'] as const)('acts once: it is %s', (state) => {
    const settled = signed(facts({ approval: { ...approval, state } }));
    expect(decisionRefusal(settled)).toBe(`approval plan is already ${state}`);
  });

  it('expires, takes no decision for another plan or gate, and none that is not one', () => {
    expect(decisionRefusal(signed(facts({ nowMs: NOW_MS + 60_000 })))).toMatch(/expired at/);
    expect(decisionRefusal(signed(facts({}, { digest: 'e'.repeat(64) })))).toMatch(/for eeeeeeeeeeee, waiting is dddd/);
    expect(decisionRefusal(signed(facts({}, { approvalId: 'wave-2' })))).toMatch(/is for approval wave-2/);
    expect(decisionRefusal(facts({}, { decision: 'maybe' as never }))).toMatch(/decision is not valid: decision/);
    expect(decisionRefusal(facts({}, { by: 'mira\nada' }))).toMatch(/by: must be one line/);
  });

  it('in production never counts anything but a fresh signature for the approval that waits', () => {
    const state = fc.constantFrom('waiting' as const, 'approved' as const, 'expired' as const);
    const who = fc.constantFrom(
      { by: 'mira', key: mira },
      { by: 'ada', key: ada },
      { by: 'slack:UOTHER', key: slack },
      { by: 'mira', key: stranger },
      { by: 'ada', key: slack },
    );
    const given = fc.record({
      state,
      who,
      ageMs: fc.integer({ min: -120_000, max: 1_200_000 }),
      unsigned: fc.boolean(),
    });
    fc.assert(
      fc.property(given, ({ state, who: { by, key }, ageMs, unsigned }) => {
        const plain = facts({ approval: { ...approval, state } }, { by });
        const counts = decisionRefusal(unsigned ? plain : signed(plain, key, at(-ageMs))) === undefined;
        const genuine = (by === 'mira' && key === mira) || key === slack;
        const fresh = ageMs <= 600_000 && ageMs >= -60_000;
        return counts === (!unsigned && state === 'waiting' && genuine && by !== 'ada' && fresh);
      }),
      { numRuns: 300 },
    );
  });
});
