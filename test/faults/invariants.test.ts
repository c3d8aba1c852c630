import { createHash } from 'node:crypto';
import { emptyRecord, type Intent } from '../../contracts/record';
import type { DeploymentReport } from '../../contracts/report';
import type { StackKind, StackRef } from '../../contracts/stack';
import { type EndedRun, judge, type SeenCloud } from './invariants';
import type { SeenStack } from './stack-invariants';

/** The checker is what the fault suites stand on: every promise is broken here once, on purpose. */

const ref = (region: string, kind: StackKind): StackRef => ({
  account: 'default',
  region,
  kind,
  name: `orders-staging-${kind}`,
});
const stack = (region: string, kind: StackKind, template = 'new'): SeenStack => ({
  ref: ref(region, kind),
  status: 'ready',
  template,
  parameters: {},
});
const cloud = (stacks: SeenStack[], acts: SeenCloud['acts'] = []): SeenCloud => ({
  stacks,
  acts,
  drained: [],
  dead: [],
  databases: { 'us-east-1': { role: 'primary', fenced: false }, 'eu-west-1': { role: 'standby', fenced: false } },
});
const made = (region: string, kind: StackKind, token = `${region}/${kind}`) => ({
  ref: { region, kind },
  effect: 'created' as const,
  token,
});
const intent = (region: string, kind: StackKind): Intent => ({
  ref: ref(region, kind),
  verb: 'apply',
  generation: 1,
  token: 't',
  state: 'done',
});

const PLACES = [
  ['us-east-1', 'base'],
  ['us-east-1', 'data'],
  ['eu-west-1', 'base'],
] as const;

/** Runs as they should be: promoted, first deployment kept dark, change undone. */
function promoted(): EndedRun {
  const stacks = PLACES.map(([region, kind]) => stack(region, kind));
  const planned = stacks.map((one) => ({
    ref: one.ref,
    template: { uri: '', bytes: 3, sha256: createHash('sha256').update('new').digest('hex') },
  }));
  const recordBefore = emptyRecord('orders', 'staging');
  const intents = PLACES.map(([region, kind]) => intent(region, kind));
  const topology = { regions: [{ region: 'us-east-1' }, { region: 'eu-west-1' }] };
  const live = { generation: 1, stacks: planned, topology };
  return {
    before: { ...cloud([]), databases: {} },
    after: cloud(
      stacks,
      PLACES.map(([region, kind]) => made(region, kind)),
    ),
    recordBefore,
    record: { ...recordBefore, intents, primary: 'us-east-1', live: live as unknown as EndedRun['record']['live'] },
    report: {
      verdict: 'promoted',
      summary: 'promoted',
      generation: 1,
      leftovers: [],
      plan: { stacks: planned, removals: [] },
    } as unknown as DeploymentReport,
  };
}

function undone(): EndedRun {
  const run = promoted();
  const { live, ...rest } = run.record;
  const before = cloud(PLACES.map(([region, kind]) => stack(region, kind, 'old')));
  const failure = { step: 'regions', type: 'Internal', message: 'no', next: [] };
  return {
    ...run,
    before,
    after: { ...before, acts: [] },
    recordBefore: { ...rest, live },
    record: { ...rest, live },
    report: { ...run.report!, verdict: 'rolled-back', generation: 2, failure } as DeploymentReport,
  };
}

function dark(): EndedRun {
  const run = promoted();
  const leftovers = PLACES.map(([region, kind]) => ({ ref: ref(region, kind), why: 'kept' }));
  const failure = { step: 'replication', type: 'Internal', message: 'no', next: [] };
  return {
    ...run,
    record: {
      ...run.record,
      live: undefined,
      dark: { generation: 1, regions: ['us-east-1', 'eu-west-1'], expiresAt: '' },
    },
    report: { ...run.report!, verdict: 'failed', leftovers, failure } as DeploymentReport,
  };
}

it('finds nothing wrong with runs that kept every promise', () => {
  expect(judge(promoted())).toEqual({ outcome: 'complete', violations: [] });
  expect(judge(undone())).toEqual({ outcome: 'compensated', violations: [] });
  expect(judge(dark())).toEqual({ outcome: 'compensated', violations: [] });
});

type Plant = (run: EndedRun) => EndedRun;
const after = (change: (after: SeenCloud) => Partial<SeenCloud>): Plant => {
  return (run) => ({ ...run, after: { ...run.after, ...change(run.after) } });
};
const record = (change: (record: EndedRun['record']) => Partial<EndedRun['record']>): Plant => {
  return (run) => ({ ...run, record: { ...run.record, ...change(run.record) } });
};

const PLANTED: Array<[string, () => EndedRun, Plant, RegExp]> = [
  ['a run without a verdict', promoted, (run) => ({ ...run, report: undefined }), /^stuck/],
  ['a promotion with a stack missing', promoted, after(({ stacks }) => ({ stacks: stacks.slice(1) })), /^incomplete/],
  [
    'a promotion with another template',
    promoted,
    after(({ stacks }) => ({ stacks: [{ ...stacks[0]!, template: 'other' }, ...stacks.slice(1)] })),
    /^incomplete.*not as planned/,
  ],
  [
    'a promotion of a stack that failed',
    promoted,
    after(({ stacks }) => ({ stacks: [{ ...stacks[0]!, status: 'failed' }, ...stacks.slice(1)] })),
    /^incomplete.*failed/,
  ],
  [
    'a stack that no plan names',
    promoted,
    (run) =>
      record(({ intents }) => ({ intents: [...intents, intent('eu-west-1', 'preview')] }))(
        after(({ stacks }) => ({ stacks: [...stacks, stack('eu-west-1', 'preview')] }))(run),
      ),
    /^extra/,
  ],
  ['a promotion that the record does not know', promoted, record(() => ({ live: undefined })), /^record/],
  ['a stack that was lost', undone, after(({ stacks }) => ({ stacks: stacks.slice(1) })), /^lost/],
  [
    'a stack that was not returned',
    undone,
    after(({ stacks }) => ({ stacks: [{ ...stacks[0]!, template: 'new' }, ...stacks.slice(1)] })),
    /^not restored/,
  ],
  [
    'parameters that were not returned',
    undone,
    after(({ stacks }) => ({ stacks: [{ ...stacks[0]!, parameters: { size: '2' } }, ...stacks.slice(1)] })),
    /^not restored.*parameters/,
  ],
  [
    'a stack of a failed change that nobody names',
    undone,
    (run) =>
      record(({ intents }) => ({ intents: [...intents, intent('eu-west-1', 'preview')] }))(
        after(({ stacks }) => ({ stacks: [...stacks, stack('eu-west-1', 'preview')] }))(run),
      ),
    /^left behind/,
  ],
  ['a dark region that the record does not name', dark, record(() => ({ dark: undefined })), /^record.*not dark/],
  ['a failed change that is called live', undone, record(() => ({ live: undefined })), /^record: live is/],
  ['a token that acted twice', promoted, after(({ acts }) => ({ acts: [...acts, acts[0]!] })), /^double: a token/],
  [
    'a stack that was made while it stood',
    undone,
    after(() => ({ acts: [made('us-east-1', 'base', 'again')] })),
    /^double.*while it stood/,
  ],
  [
    'a stack that was changed three times',
    undone,
    after(() => ({
      acts: ['a', 'b', 'c'].map((token) => ({ ...made('us-east-1', 'base', token), effect: 'changed' })),
    })),
    /^double.*3 times/,
  ],
  ['a stack without an intent', promoted, record(({ intents }) => ({ intents: intents.slice(1) })), /^orphan/],
  [
    'a stack whose intent says that it is gone',
    promoted,
    record(({ intents }) => ({
      intents: intents.map((one) => ({ ...one, verb: 'destroy' as const, state: 'undone' as const })),
    })),
    /^orphan.*gone/,
  ],
  [
    'a stack that was there and was destroyed, even though it is there again',
    undone,
    after(() => ({
      acts: [{ ref: { region: 'us-east-1', kind: 'data' }, effect: 'destroyed' }, made('us-east-1', 'data', 'again')],
    })),
    /^present -> destroyed/,
  ],
  [
    'two primaries',
    promoted,
    after(({ databases }) => ({ databases: { ...databases, 'eu-west-1': { role: 'primary', fenced: false } } })),
    /^data: 2 primaries/,
  ],
  ['a primary that the record does not know', promoted, record(() => ({ primary: 'eu-west-1' })), /^data/],
  [
    'a database that stays fenced',
    promoted,
    after(({ databases }) => ({ databases: { ...databases, 'eu-west-1': { role: 'standby', fenced: true } } })),
    /^data.*fenced/,
  ],
  ['a drill that was not undone', promoted, after(() => ({ dead: ['eu-west-1'] })), /^fault/],
  ['a region that stays drained', undone, after(() => ({ drained: ['eu-west-1'] })), /^drain/],
  ['a drain that only the record knows', undone, record(() => ({ drained: ['eu-west-1'] })), /^drain: the record/],
];

it.each(PLANTED)('finds %s', (_what, run, plant, expected) => {
  const { violations } = judge(plant(run()));
  expect(violations).toContainEqual(expect.stringMatching(expected));
});
