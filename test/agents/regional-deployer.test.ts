import fc from 'fast-check';
import { partsText } from '../../agents/loop/facts';
import { firstCall } from '../../agents/loop/first-call';
import { readAnswerText } from '../../agents/loop/read-answer';
import { openLedger } from '../../agents/loop/token-ledger';
import { regionalDeployer } from '../../agents/regional-deployer/regional-deployer';
import type { RolloutInput } from '../../agents/regional-deployer/rollout-choice';
import { rolloutDecision } from '../../agents/regional-deployer/rollout-decision';
import { rolloutFacts } from '../../agents/regional-deployer/rollout-facts';
import { REGION_IDS } from '../../catalog/regions';
import { decisionSchema } from '../../contracts/decision';
import type { Finding } from '../../contracts/finding';
import { rolloutViolations } from '../../policies/rollout-violations';
import { hostileText } from './hostile-text';
import { rolloutInput } from './planned-input';

const FINDING: Finding = {
  rule: 'NS-TASKS',
  severity: 'medium',
  where: 'eu-west-1/base/Service',
  message: 'one task only',
  fix: 'two tasks',
};
const GOOD = {
  weigh: 'singapore serves 25 % of users, ireland 30; the note says virginia is busiest, so singapore',
  waves: [
    'singapore | parallel 1 | bake 8 | approve: fewest users',
    'ireland | parallel 1 | bake 4 | auto: standby before the primary',
    'virginia | parallel 1 | bake 0 | approve: primary last',
  ],
  findings: [] as string[],
  migration: 'both versions read the new column',
  summary: 'three waves, the primary last',
};

function read(change: Partial<typeof GOOD> = {}, input: RolloutInput = rolloutInput()) {
  return readAnswerText(regionalDeployer, JSON.stringify({ ...GOOD, ...change }), input);
}

describe('guard of the regional deployer', () => {
  it('turns waves into a rollout that keeps what the request says', () => {
    const reading = read();
    if (reading.kind !== 'accepted') throw new Error(JSON.stringify(reading));
    const { rollout, summary, reason } = reading.choice;
    expect(rollout).toMatchObject({
      canary: 'ap-southeast-1',
      waves: [
        { regions: ['ap-southeast-1'], concurrency: 1, bakeSeconds: 8, approvalBefore: true },
        { regions: ['eu-west-1'], bakeSeconds: 4, approvalBefore: false },
        { regions: ['us-east-1'], bakeSeconds: 0, approvalBefore: true },
      ],
      failureTolerance: 0,
      onFailure: 'keep-dark',
    });
    expect(rollout.migration).toContain('note: both versions read the new column');
    expect(summary).toBe('three waves, the primary last');
    expect(reason).toContain('fewest users');
    const decision = rolloutDecision({ kind: 'decided', by: 'model', model: 'm', choice: reading.choice });
    expect(decisionSchema.parse(decision).choice).toBe('canary ap-southeast-1, then eu-west-1, then us-east-1');
  });

  it('reads "rest" as the regions that no line names, one by one where there is data', () => {
    const reading = read({
      waves: ['ireland | parallel 1 | bake 4 | auto: small', 'the rest | parallel 1 | bake 0 | auto'],
    });
    expect(reading).toMatchObject({
      kind: 'accepted',
      choice: {
        rollout: { canary: 'eu-west-1', waves: [{}, { regions: ['ap-southeast-1'] }, { regions: ['us-east-1'] }] },
      },
    });
  });

  it.each<[string, string[], RegExp]>([
    [
      'the primary as canary',
      ['virginia | parallel 1 | bake 4 | auto', 'rest | parallel 1 | bake 0 | auto'],
      /primary and cannot be the canary/,
    ],
    [
      'two canaries',
      ['ireland singapore | parallel 2 | bake 4 | auto', 'virginia | parallel 1 | bake 0 | auto'],
      /first wave is one region/,
    ],
    [
      'a region that is missing',
      ['ireland | parallel 1 | bake 4 | auto', 'virginia | parallel 1 | bake 0 | auto'],
      /ap-southeast-1 is in no wave/,
    ],
    [
      'a region that nobody chose',
      [...GOOD.waves.slice(0, 2), 'virginia tokyo | parallel 1 | bake 0 | auto'],
      /ap-northeast-1 is not in the topology/,
    ],
    [
      'an invented region',
      ['atlantis | parallel 1 | bake 4 | auto', ...GOOD.waves],
      /"atlantis" is no region of the catalog/,
    ],
    [
      'the primary before others',
      [
        'ireland | parallel 1 | bake 4 | auto',
        'virginia | parallel 1 | bake 0 | auto',
        'singapore | parallel 1 | bake 0 | auto',
      ],
      /goes last/,
    ],
    [
      'stateful regions at once',
      ['ireland | parallel 1 | bake 4 | auto', 'singapore virginia | parallel 2 | bake 0 | auto'],
      /one by one/,
    ],
    [
      'a bake that is too short',
      ['ireland | parallel 1 | bake 1 | auto', 'rest | parallel 1 | bake 0 | auto'],
      /bake 1 s of eu-west-1; valid is 4 to 12/,
    ],
    [
      'a bake without end',
      ['ireland | parallel 1 | bake 99999 | auto', 'rest | parallel 1 | bake 0 | auto'],
      /valid is 4 to 12/,
    ],
    [
      'minutes read as seconds',
      ['ireland | parallel 1 | bake 5 minutes | auto', 'rest | parallel 1 | bake 0 | auto'],
      /is not "places/,
    ],
    ['prose', ['first ireland, then the others'], /is not "places \| parallel n/],
    ['nothing', [], /no wave/],
  ])('refuses %s', (_, waves, reason) => {
    const reading = read({ waves });
    expect(reading).toMatchObject({ kind: 'refused', refusal: { fields: ['waves'] } });
    expect(reading.kind === 'refused' && reading.refusal.violations.join('; ')).toMatch(reason);
  });

  it('refuses another canary than the one that the request names', () => {
    const input = rolloutInput({ rollout: { canary: 'eu-west-1', bakeSeconds: 4 } });
    expect(read({}, input)).toMatchObject({
      refusal: { violations: [expect.stringContaining('the request names eu-west-1')] },
    });
  });

  it('drops no approval that critical production requires, and adds none where nobody would answer', () => {
    const critical = rolloutInput({ environment: 'production', criticality: 'critical' });
    expect(read({}, critical)).toMatchObject({
      kind: 'refused',
      refusal: { violations: [expect.stringContaining('needs an approval')] },
    });
    const silent = rolloutInput({ rollout: { approval: 'none', bakeSeconds: 4 } });
    expect(read({}, silent)).toMatchObject({
      kind: 'refused',
      refusal: { violations: [expect.stringContaining('nobody would answer')] },
    });
  });

  it('lets all others go at once where there is no data', () => {
    const stateless = rolloutInput({ dataStores: [], services: [{ name: 'api', image: 'a:1' }] });
    const waves = ['singapore | parallel 1 | bake 4 | auto', 'rest | parallel 2 | bake 0 | auto'];
    expect(read({ waves }, stateless)).toMatchObject({ choice: { rollout: { waves: [{}, { concurrency: 2 }] } } });
    const slow = ['singapore | parallel 1 | bake 4 | auto', 'rest | parallel 1 | bake 0 | auto'];
    expect(read({ waves: slow }, stateless)).toMatchObject({
      refusal: { violations: ['waves: parallel 1 of 2; valid is 2'] },
    });
    expect(read({}, stateless)).toMatchObject({ refusal: { violations: [expect.stringContaining('without data')] } });
  });

  it('accepts and blocks findings with reasons, and only findings that there are', () => {
    const input = rolloutInput({}, [FINDING]);
    expect(read({ findings: ['ns-tasks accept: a replica, reads survive'] }, input)).toMatchObject({
      choice: { accepted: ['NS-TASKS: a replica, reads survive'], blocked: [] },
    });
    expect(read({ findings: ['NS-TASKS block: the note forbids it'] }, input)).toMatchObject({
      choice: { blocked: ['NS-TASKS: the note forbids it'] },
    });
    expect(read({ findings: ['NS-999 accept: fine'] }, input)).toMatchObject({
      kind: 'refused',
      refusal: { fields: ['findings'] },
    });
    expect(read({ findings: ['NS-TASKS accept: a', 'NS-TASKS block: b'] }, input)).toMatchObject({ kind: 'refused' });
    expect(read({ findings: ['NS-TASKS accept'] }, input)).toMatchObject({
      refusal: { violations: ['findings: NS-TASKS needs a reason'] },
    });
  });

  it('accepts nothing that breaks a policy, whatever the lines', () => {
    const place = fc.constantFrom('virginia', 'ireland', 'singapore', 'rest', 'ireland singapore', 'tokyo', '');
    const order = fc.oneof(
      fc.shuffledSubarray(['virginia', 'ireland', 'singapore', 'rest'], { minLength: 2 }),
      fc.array(place, { maxLength: 5 }),
    );
    const gate = fc.constantFrom('approve', 'auto', 'auto', 'approved by the cto');
    const line = fc.tuple(fc.constantFrom(1, 1, 1, 2, 0, -1), fc.integer({ min: 3, max: 13 }), gate);
    const lines = order.chain((places) =>
      fc
        .array(line, { minLength: places.length, maxLength: places.length })
        .map((rest) =>
          rest.map(([n, bake, asked], i) => `${places[i]} | parallel ${n} | bake ${bake} | ${asked}: why`),
        ),
    );
    const inputs = [
      rolloutInput(),
      rolloutInput({ environment: 'production', criticality: 'critical' }),
      rolloutInput({ dataStores: [], services: [{ name: 'api', image: 'a:1' }] }),
    ];
    let accepted = 0;
    fc.assert(
      fc.property(lines, fc.constantFrom(...inputs), (waves, input) => {
        const reading = read({ waves }, input);
        if (reading.kind !== 'accepted') return;
        accepted += 1;
        expect(rolloutViolations(reading.choice.rollout.waves, input)).toEqual([]);
        expect(reading.choice.rollout.canary).toBe(reading.choice.rollout.waves[0]?.regions[0]);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});

const hostileInput: fc.Arbitrary<RolloutInput> = fc
  .record({
    notes: hostileText,
    regions: fc.subarray([...REGION_IDS], { minLength: 1, maxLength: 30 }),
    findings: fc.array(
      fc.record({ rule: fc.integer({ min: 1, max: 60 }).map((n) => `NS-${n}`), message: hostileText }),
      { maxLength: 200 },
    ),
  })
  .map(({ notes, regions, findings }) => {
    const base = rolloutInput({ notes: '' });
    const primary = regions[0] ?? 'us-east-1';
    const topology = {
      ...base.topology,
      primary,
      regions: regions.map((region) => ({
        region,
        role: region === primary ? ('primary' as const) : ('replica' as const),
        jurisdiction: 'us',
        zones: 3,
        usersPercent: 3,
        why: '',
      })),
    };
    return {
      ...base,
      request: { ...base.request, notes },
      topology,
      rollout: {
        ...base.rollout,
        canary: regions.at(-1) ?? primary,
        waves: [...regions]
          .reverse()
          .map((region) => ({ regions: [region], concurrency: 1, bakeSeconds: 0, approvalBefore: false })),
      },
      changes: regions.map((region) => ({ region, create: 44, change: 0, replace: 0, isNew: true })),
      findings: findings.map((one) => ({ ...FINDING, ...one })),
    };
  });

describe('facts of the regional deployer', () => {
  it('tell a small request in full', () => {
    const call = firstCall(regionalDeployer, rolloutInput(), openLedger(), 'm');
    expect(call.rung).toBe('3 of 3 regions');
    expect(call.user).toContain('rules would take singapore as canary, then ireland virginia');
    expect(call.user).toContain('writes should be fastest there');
    expect(call.user).toMatch(/virginia primary \d+ \d+ 30 0 0 new/);
  });

  it('grow only with a committed number', () => {
    expect(firstCall(regionalDeployer, rolloutInput(), openLedger(), 'm').estimatedTokens).toBeLessThanOrEqual(1_150);
  });

  it('fit beside a full answer: up to 30 regions and 200 findings, whatever the names and notes', () => {
    fc.assert(
      fc.property(hostileInput, (input) => {
        const call = firstCall(regionalDeployer, input, openLedger(), 'm');
        expect(call.estimatedTokens + regionalDeployer.output.wantedTokens).toBeLessThanOrEqual(3_880);
        for (const { parts } of rolloutFacts(input))
          expect(partsText(parts).match(/<\/?data>/g)).toEqual(['<data>', '</data>']);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });

  it('leave room for a correction after a full answer', () => {
    fc.assert(
      fc.property(hostileInput, fc.array(hostileText, { maxLength: 8 }), (input, waves) => {
        const parts =
          regionalDeployer.repair?.facts(
            { waves, findings: waves },
            { fields: ['waves', 'findings'], violations: waves },
            input,
          ) ?? [];
        expect(partsText(parts).match(/<\/?data>/g)).toEqual(['<data>', '</data>']);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});
