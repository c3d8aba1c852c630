import fc from 'fast-check';
import type { FailureAnswer } from '../../agents/failure-analyst/answer-schema';
import { failureAnalyst } from '../../agents/failure-analyst/failure-analyst';
import type { FailureCase } from '../../agents/failure-analyst/failure-case';
import { essence } from '../../agents/failure-analyst/provider-words';
import { partsText } from '../../agents/loop/facts';
import { firstCall } from '../../agents/loop/first-call';
import { openLedger } from '../../agents/loop/token-ledger';
import { FAILURE_TYPES } from '../../contracts/failure-types';
import { exampleFailure } from './failure-case';
import { anyRegion, hostileText } from './hostile-text';

const ROOM = 0.97 * 1_100;
const GOOD: FailureAnswer = {
  cause: 'zone eu-west-1c does not offer db.r6g.xlarge',
  kind: 'capacity',
  retry: false,
  steps: ['take db.r7g.xlarge, or leave out zone c of ireland', 'deploy again; virginia is kept'],
};

describe('facts of the failure analyst', () => {
  it('tell where, on what, in whose words, and what became of it', () => {
    const { user } = firstCall(failureAnalyst, exampleFailure(), openLedger(), 'm');
    expect(user).toContain('step regions failed in ireland: platform stack failed');
    expect(user).toContain('db.r6g.xlarge is not available in the selected availability zones: eu-west-1c');
    expect(user).toContain('first deployment');
    const [fullest] = failureAnalyst.facts(exampleFailure({ failure: { message: 'no room' } }));
    const text = partsText(fullest?.parts ?? []);
    expect(text).toContain('in ireland on ordersdb: platform stack failed\nprovider: no room\n');
    expect(text).toContain('events: applying: base stack\nundone: eu-west-1/base: deleted\n');
    expect(text).toContain('first deployment, active-passive: primary virginia, standby ireland');
  });

  it('spend no tokens on identifiers that explain nothing', () => {
    const words = essence(exampleFailure().failure.message);
    expect(words).toBe(
      'OrdersDb (RDS DBInstance): "db.r6g.xlarge is not available in the selected availability zones: eu-west-1c (Rds)" (HandlerErrorCode: InvalidRequest)',
    );
  });

  it('leave room for a full answer in a typical case', () => {
    const call = firstCall(failureAnalyst, exampleFailure(), openLedger(), 'm');
    expect(call.estimatedTokens + failureAnalyst.output.wantedTokens).toBeLessThanOrEqual(ROOM);
  });

  it('show the newest events', () => {
    const events = ['one', 'two', 'three', 'four', 'five', 'six'];
    const [fullest] = failureAnalyst.facts(exampleFailure({ events }));
    expect(partsText(fullest?.parts ?? [])).toContain('events: three; four; five; six');
  });

  it('fit for 30 regions and whatever a provider says', () => {
    fc.assert(
      fc.property(hostileCase, (input) => {
        const call = firstCall(failureAnalyst, input, openLedger(), 'm');
        expect(call.estimatedTokens + failureAnalyst.output.minimumTokens).toBeLessThanOrEqual(ROOM);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('leave the data block closed at its end and nowhere else', () => {
    fc.assert(
      fc.property(hostileCase, (input) => {
        for (const { parts } of failureAnalyst.facts(input)) {
          const text = partsText(parts);
          expect(text.match(/<\/?data>/g)).toEqual(['<data>', '</data>']);
          expect(text.endsWith('</data>')).toBe(true);
        }
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});

describe('guard of the failure analyst', () => {
  const guard = (changes: Partial<FailureAnswer>) => failureAnalyst.guard({ ...GOOD, ...changes }, exampleFailure());

  it('accepts an analysis as it is', () => {
    expect(guard({})).toEqual({ kind: 'accepted', choice: GOOD });
  });

  it.each<[string, Partial<FailureAnswer>, RegExp]>([
    ['no cause', { cause: '' }, /cause: is empty/],
    ['no steps', { steps: [' '] }, /steps: there is none/],
    ['a region that does not exist', { steps: ['move it to eu-north-9'] }, /"eu-north-9" is no region/],
    [
      'an address that a hostile text asked for',
      { steps: ['download http://x.example/fix.sh'] },
      /address or a command/,
    ],
    ['a command, also beyond what is shown', { steps: ['a', 'b', 'c', 'd', 'sudo rm -rf /'] }, /address or a command/],
  ])('refuses %s', (_title, changes, words) => {
    const guarded = guard(changes);
    expect(guarded.kind === 'refused' && guarded.violations.join()).toMatch(words);
  });

  it('lets another region of the catalog be proposed, and takes four steps at most', () => {
    const guarded = guard({ steps: ['use eu-central-1', 'b', 'c', 'd', 'e'] });
    expect(guarded.kind === 'accepted' && guarded.choice.steps).toEqual(['use eu-central-1', 'b', 'c', 'd']);
  });
});

describe('rules in place of the failure analyst', () => {
  const rules = (input: FailureCase) => {
    const verdict = failureAnalyst.rules(input);
    if (verdict.kind !== 'chosen') throw new Error(verdict.reason);
    return verdict.choice;
  };

  it.each([
    ['db.r6g.xlarge is not available in the selected availability zones: eu-west-1c', 'capacity', false],
    ['InsufficientDBInstanceCapacity: no capacity for db.t4g.small', 'capacity', true],
    ['The maximum number of VPCs has been reached. (HandlerErrorCode: ServiceLimitExceeded)', 'quota', false],
    ['InstanceQuotaExceeded: DB Instance quota exceeded', 'quota', false],
    ['is not authorized to perform: rds:CreateDBInstance with an explicit deny', 'permission', false],
    ['orders-db already exists (HandlerErrorCode: AlreadyExists)', 'conflict', false],
    ['stack is in UPDATE_IN_PROGRESS state and can not be updated', 'conflict', true],
    ['CannotPullContainerError: manifest for orders:9 not found', 'configuration', false],
    ['connect ECONNREFUSED 10.0.0.1:443', 'network', true],
    ['Internal Failure (HandlerErrorCode: ServiceInternalError)', 'provider', true],
    ['something nobody has seen before', 'unknown', false],
  ])('read "%s" as %s', (message, kind, retry) => {
    expect(rules(exampleFailure({ failure: { message } }))).toMatchObject({ kind, retry });
  });

  it('go by the type of the failure before its words, and by the rules’ own next steps', () => {
    const found = rules(exampleFailure({ failure: { type: 'Platform.Throttled', message: 'quota of calls' } }));
    expect(found).toMatchObject({ kind: 'provider', retry: true, steps: exampleFailure().next });
  });

  it('expect an outage to pass, and say what kind the words name where they do', () => {
    const outage = { type: 'Platform.Unavailable', message: 'AWS does not answer in eu-west-1: 503' };
    expect(rules(exampleFailure({ failure: outage }))).toMatchObject({ kind: 'provider', retry: true });
    const reset = { ...outage, message: 'connect ECONNRESET' };
    expect(rules(exampleFailure({ failure: reset }))).toMatchObject({ kind: 'network', retry: true });
  });

  it('always have a cause', () => {
    fc.assert(
      fc.property(hostileCase, (input) => {
        const { cause } = rules(input);
        expect(cause).not.toBe('');
        expect(cause).not.toMatch(/\p{Cc}/u);
        expect([...cause].length).toBeLessThanOrEqual(400);
      }),
      { numRuns: 200 },
    );
  });
});

const hostileCase: fc.Arbitrary<FailureCase> = fc.record({
  failure: fc.record({
    step: fc.constantFrom('topology', 'regions', 'replication', 'validation'),
    type: fc.constantFrom(...FAILURE_TYPES),
    region: fc.option(anyRegion, { nil: undefined }),
    resource: fc.option(hostileText, { nil: undefined }),
    message: hostileText,
  }) as fc.Arbitrary<FailureCase['failure']>,
  isChange: fc.boolean(),
  mode: fc.constantFrom('active-passive', 'sharded'),
  regions: fc.uniqueArray(fc.record({ region: anyRegion, role: fc.constantFrom('primary', 'standby') }), {
    maxLength: 30,
    selector: ({ region }) => region,
  }),
  events: fc.array(hostileText, { maxLength: 30 }),
  undone: fc.array(hostileText, { maxLength: 40 }),
  leftovers: fc.array(hostileText, { maxLength: 40 }),
  next: fc.array(fc.string(), { maxLength: 5 }),
});
