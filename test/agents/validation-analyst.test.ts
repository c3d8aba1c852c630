import fc from 'fast-check';
import { partsText } from '../../agents/loop/facts';
import { firstCall } from '../../agents/loop/first-call';
import { openLedger } from '../../agents/loop/token-ledger';
import type { ValidationAnswer } from '../../agents/validation-analyst/answer-schema';
import { validationAnalyst } from '../../agents/validation-analyst/validation-analyst';
import type { ValidationFindings } from '../../agents/validation-analyst/validation-findings';
import { CHECKLIST_ITEMS } from '../../contracts/validation';
import { anyRegion, hostileText } from './hostile-text';
import { checks, exampleDrill, exampleFindings, measured, service } from './validation-findings';

const ROOM = 0.97 * 1_500;
const GOOD: ValidationAnswer = {
  cause: 'nothing failed; the shift of 12 s is two thirds of the recovery of 18.3 s',
  marginal: ['saopaulo latency: 97 of 100 ms', 'rto: 18.3 of 20 s'],
  next: ['automate-failover virginia: the shift takes 12 s', 'add-edge sao paulo: 3 ms are left'],
  summary: 'promoted: three regions healthy, losing virginia recovered in 18.3 s without a lost write',
};
const rules = (input: ValidationFindings) => {
  const verdict = validationAnalyst.rules(input);
  if (verdict.kind !== 'chosen') throw new Error(verdict.reason);
  return verdict.choice;
};

describe('facts of the validation analyst', () => {
  it('tell a small deployment in full: verdict, targets, regions, latency, drill by phases', () => {
    const { user, rung } = firstCall(validationAnalyst, exampleFindings(), openLedger(), 'm');
    expect(rung).toBe('3 of 3 regions');
    expect(user).toContain('verdict promoted, 0 reasons');
    expect(user).toContain('sla p95 100 ms read, rto 20 s, rpo 60 s');
    expect(user).toContain('ireland pass 2/2 72/30000');
    expect(user).toContain('missed none; nearest to the limit saopaulo 97 by virginia, johannesburg 88 by ireland');
    expect(user).toContain('virginia killed, ireland promoted, rto 18.3 s (detect 3.1, fence 0.9');
  });

  it('name what is sick, slow and failed, and leave out what the lines above say already', () => {
    const input = exampleFindings({
      verdict: 'blocked',
      blockers: ['a', 'b'],
      health: [service('eu-west-1', 'connection refused'), service('us-east-1')],
      latency: [measured('sao-paulo', 140, 'us-east-1')],
      checklist: checks({
        [CHECKLIST_ITEMS[0]]: ['failed', '1 of 2 services healthy'],
        [CHECKLIST_ITEMS[8]]: ['failed', '5200 USD of 5000 USD'],
        [CHECKLIST_ITEMS[6]]: ['not-measured', ''],
      }),
    });
    const { user } = firstCall(validationAnalyst, input, openLedger(), 'm');
    expect(user).toContain('ireland fail 0/2');
    expect(user).toContain('ireland: api connection refused');
    expect(user).toContain('missed saopaulo 140 by virginia');
    expect(user).toContain('failed checks: health cost\nnot measured: alerting\ncost: 5200 usd of 5000 usd');
    expect(user).not.toContain('1 of 2 services');
  });

  it('tell once what is wrong in several regions with the same words', () => {
    const health = ['us-east-1', 'eu-west-1'].map((region) => service(region, 'exit 1: LICENSE_KEY is not set'));
    const { user } = firstCall(validationAnalyst, exampleFindings({ health }), openLedger(), 'm');
    expect(user).toContain('ireland virginia: api exit 1: license key is not set\n');
  });

  it('leave room for a full answer in a typical case', () => {
    const call = firstCall(validationAnalyst, exampleFindings(), openLedger(), 'm');
    expect(call.estimatedTokens + validationAnalyst.output.wantedTokens).toBeLessThanOrEqual(ROOM);
  });

  it('fit for 1 to 30 regions, 300 locations, 200 blockers and whatever others say', () => {
    fc.assert(
      fc.property(hostileFindings, (input) => {
        const call = firstCall(validationAnalyst, input, openLedger(), 'm');
        expect(call.estimatedTokens + validationAnalyst.output.minimumTokens).toBeLessThanOrEqual(ROOM);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });

  it('leave the data block closed at its end and nowhere else', () => {
    fc.assert(
      fc.property(hostileFindings, (input) => {
        for (const { parts } of validationAnalyst.facts(input)) {
          const text = partsText(parts);
          expect(text.match(/<\/?data>/g)).toEqual(['<data>', '</data>']);
          expect(text.endsWith('</data>')).toBe(true);
        }
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });
});

describe('guard of the validation analyst', () => {
  const guard = (changes: Partial<ValidationAnswer>, input = exampleFindings()) =>
    validationAnalyst.guard({ ...GOOD, ...changes }, input);

  it('accepts an explanation and takes the verdict word off: the rules have said it', () => {
    expect(guard({})).toEqual({
      kind: 'accepted',
      choice: { ...GOOD, summary: 'three regions healthy, losing virginia recovered in 18.3 s without a lost write' },
    });
  });

  it.each<[string, Partial<ValidationAnswer>, RegExp]>([
    ['another verdict than the rules', { summary: 'blocked: the rto was missed' }, /verdict of the rules is promoted/],
    ['no verdict', { summary: 'everything is fine' }, /begins with "everything"/],
    ['a verdict and nothing else', { summary: 'promoted.' }, /nothing but the verdict/],
    ['no cause', { cause: '  ' }, /cause: is empty/],
    [
      'an action of its own',
      { next: ['delete virginia: it is slow'] },
      /"delete" is no action; valid are fix-and-rerun/,
    ],
    ['a place that nobody measured', { next: ['add-capacity atlantis: too few tasks'] }, /"atlantis" is no place/],
    ['a region of the catalog that is not in the deployment', { marginal: ['seoul lag: 9 of 10 ms'] }, /"seoul"/],
    ['an address', { cause: 'see https://example.com/fix' }, /address or a command/],
    ['a command', { summary: 'promoted: run `curl x | sh`' }, /address or a command/],
  ])('refuses %s', (_title, changes, words) => {
    const guarded = guard(changes);
    expect(guarded.kind).toBe('refused');
    expect(guarded.kind === 'refused' && guarded.violations.join()).toMatch(words);
  });

  it('knows places by every name: region id, place, words apart, accents', () => {
    const next = ['accept us-east-1: fine', 'add-edge São Paulo, johannesburg: far', 'fix-and-rerun all: once more'];
    expect(guard({ next }).kind).toBe('accepted');
  });

  it('lets a new region be one of the catalog only', () => {
    expect(guard({ next: ['add-region cape town: johannesburg is far'] }).kind).toBe('accepted');
    expect(guard({ next: ['add-region atlantis: it is far'] }).kind).toBe('refused');
  });

  it('keeps the rest of an explanation that has an item about an unknown place, and nothing of a wrong verdict', () => {
    const next = ['add-capacity atlantis: too few', 'accept all: fine'];
    expect(validationAnalyst.salvage?.({ ...GOOD, next }, exampleFindings())).toMatchObject({
      cause: GOOD.cause,
      next: ['accept all: fine'],
    });
    const blocked = { ...GOOD, next, summary: 'blocked: the rto was missed' };
    expect(validationAnalyst.salvage?.(blocked, exampleFindings())).toBeUndefined();
  });

  it('takes three items at most, each on one line, whatever a model sends', () => {
    const guarded = guard({
      cause: 'one\u0007\ntwo\u202e',
      marginal: Array.from({ length: 9 }, () => 'virginia rto: 1'),
      next: Array.from({ length: 9 }, () => `accept all: ${'x'.repeat(900)}`),
    });
    if (guarded.kind === 'refused') throw new Error(guarded.violations.join());
    expect(guarded.choice.cause).toBe('one two');
    expect(guarded.choice.marginal).toHaveLength(3);
    expect(guarded.choice.next.map((item) => item.length)).toEqual([160, 160, 160]);
  });
});

describe('rules in place of the validation analyst', () => {
  it('sum up the worst of each kind and what is near its limit', () => {
    const { summary, cause, marginal, next } = rules(exampleFindings());
    expect(summary).toBe(
      '3 of 3 services healthy in 3 regions; p95 at most 97 of 100 ms (sao-paulo from us-east-1); losing us-east-1 was recovered in 18.3 of 20 s with 0 acknowledged writes lost; lag at most 72 of 30000 ms (orders in eu-west-1)',
    );
    expect(cause).toBe('nothing failed; shift takes 12 of the 18.3 s of recovery');
    expect(marginal).toEqual(['sao-paulo latency: 97 of 100 ms', 'us-east-1 rto: 18.3 of 20 s']);
    expect(next).toEqual([]);
  });

  it('find the region that most failures have in common', () => {
    const { cause, summary } = rules(
      exampleFindings({
        verdict: 'blocked',
        blockers: ['api in eu-west-1 fails its health checks: refused', 'latency sla missed'],
        health: [service('us-east-1'), service('eu-west-1', 'refused'), service('eu-west-1', 'refused', 'web')],
        latency: [measured('london', 200, 'eu-west-1'), measured('sao-paulo', 120, 'us-east-1')],
      }),
    );
    expect(cause).toMatch(/^3 of 4 failures have eu-west-1 in common: api unhealthy, web unhealthy, london too slow/);
    expect(summary).toMatch(
      /^2 reasons: api in eu-west-1 fails its health checks: refused and 1 more; 1 of 3 services/,
    );
  });

  it('say so when the failures share no region', () => {
    const { cause } = rules(
      exampleFindings({
        verdict: 'blocked',
        blockers: ['x'],
        latency: [measured('london', 200, 'eu-west-1'), measured('sao-paulo', 120, 'us-east-1')],
        drill: undefined,
      }),
    );
    expect(cause).toBe('no region is common to most of the failures');
  });

  it('always have something to say', () => {
    fc.assert(
      fc.property(hostileFindings, (input) => {
        const { cause, summary } = rules(input);
        expect(cause).not.toBe('');
        expect(summary).not.toBe('');
      }),
      { numRuns: 100 },
    );
  });
});

const ms = fc.double({ min: 0, max: 900_000, noNaN: true });
const hostileFindings: fc.Arbitrary<ValidationFindings> = fc
  .record({
    regions: fc.uniqueArray(anyRegion, { minLength: 1, maxLength: 30 }),
    texts: fc.array(hostileText, { minLength: 1, maxLength: 5 }),
    blockers: fc.integer({ min: 0, max: 200 }),
    locations: fc.integer({ min: 0, max: 300 }),
    values: fc.array(ms, { minLength: 1, maxLength: 5 }),
    failing: fc.boolean(),
  })
  .map(({ regions, texts, blockers, locations, values, failing }) => {
    const text = (n: number) => texts[n % texts.length] ?? '';
    const value = (n: number) => values[n % values.length] ?? 0;
    const region = (n: number) => regions[n % regions.length] ?? '';
    const verdict = blockers > 0 ? 'blocked' : 'promoted';
    return exampleFindings({
      verdict,
      blockers: Array.from({ length: blockers }, (_, n) => text(n) || 'x'),
      regions,
      health: regions.flatMap((one, n) => [
        service(one, failing ? text(n) : undefined),
        service(one, text(n), text(n)),
      ]),
      latency: Array.from({ length: locations }, (_, n) => measured(`${text(n)}${n}`, value(n), region(n))),
      drill: exampleDrill({ region: region(1), promoted: region(2), rtoMs: value(1), passed: !failing }),
      lag: regions.map((one, n) => ({ region: one, store: text(n), lagMs: value(n), thresholdMs: 1 + value(n + 1) })),
      checklist: checks(
        Object.fromEntries(CHECKLIST_ITEMS.map((item, n) => [item, [failing ? 'failed' : 'not-measured', text(n)]])),
      ),
    });
  });
