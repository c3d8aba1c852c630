import fc from 'fast-check';
import { type DeploymentRecord, emptyRecord, type Intent } from '../../contracts/record';
import {
  type StackDescription,
  type StackKind,
  type StackRef,
  TAG_APPLICATION,
  TAG_ENVIRONMENT,
  TAG_GENERATION,
} from '../../contracts/stack';
import { inDestroyOrder } from '../../policies/destroy-order';
import { judgeStack, workflowsBehind } from '../../policies/orphans';
import { sampleReport } from '../clients/sample-report';

const KINDS: StackKind[] = ['base', 'connectivity', 'data', 'preview', 'global'];
const NOW = '2026-11-21T12:00:00.000Z';
const { plan, request } = sampleReport;

const refs = fc.record({
  account: fc.constantFrom('default', 'other'),
  region: fc.constantFrom('us-east-1', 'eu-west-1'),
  kind: fc.constantFrom(...KINDS),
  name: fc.constantFrom('orders-staging-a', 'orders-staging-b'),
});
const generations = fc.integer({ min: 0, max: 4 });

const stacks: fc.Arbitrary<StackDescription> = fc.record({
  ref: refs,
  status: fc.constantFrom('ready', 'ready', 'failed', 'updating'),
  outputs: fc.constant({}),
  parameters: fc.constant({}),
  tags: fc.record(
    {
      [TAG_APPLICATION]: fc.constantFrom('orders', 'orders', 'orders', 'billing'),
      [TAG_ENVIRONMENT]: fc.constant('staging'),
      [TAG_GENERATION]: generations.map(String),
    },
    { requiredKeys: [TAG_ENVIRONMENT] },
  ) as fc.Arbitrary<Record<string, string>>,
});

const intents: fc.Arbitrary<Intent> = fc.record({
  ref: refs,
  verb: fc.constantFrom('apply', 'destroy'),
  generation: generations,
  token: fc.constant('t'),
  state: fc.constantFrom('open', 'done', 'undone'),
});

const records: fc.Arbitrary<DeploymentRecord> = fc
  .record({
    live: fc.option(fc.record({ generation: generations, stacks: fc.array(refs, { maxLength: 2 }) })),
    dark: fc.option(
      fc.record({
        generation: generations,
        regions: fc.subarray(['us-east-1', 'eu-west-1']),
        expiresAt: fc.constantFrom('2026-11-21T11:59:59.000Z', '2026-11-21T12:00:01.000Z'),
      }),
    ),
    place: fc.option(fc.constant({ platform: 'fake' as const, account: 'default' })),
    intents: fc.array(intents, { maxLength: 3 }),
  })
  .map(({ live, dark, place, intents: written }) => ({
    ...emptyRecord('orders', 'staging'),
    intents: written,
    ...(dark && { dark }),
    ...(place && { place }),
    ...(live && {
      live: {
        generation: live.generation,
        stacks: live.stacks.map((ref) => ({ ...plan!.stacks[0]!, ref })),
        topology: plan!.topology,
        hostname: 'h',
        request,
        specs: plan!.specs,
        firstRegion: 'us-east-1',
        promotedAt: NOW,
      },
    }),
  }));

const isSame = (a: StackRef, b: StackRef) => a.account === b.account && a.region === b.region && a.name === b.name;
const allEnded = (record: DeploymentRecord, stack: StackDescription) => new Set(workflowsBehind(stack, record));

describe('an orphan', () => {
  test('is never live, never without our intent and tag, never elsewhere, never in hand, never dark before its time', () => {
    let orphans = 0;
    fc.assert(
      fc.property(stacks, records, (stack, record) => {
        const judged = judgeStack(stack, { record, ended: allEnded(record, stack), now: NOW });
        if (judged.kind !== 'orphan') return;
        orphans += 1;
        const { ref, tags } = stack;
        const generation = Number(tags[TAG_GENERATION]);
        expect(judged.generation).toBe(generation);
        expect(tags[TAG_APPLICATION]).toBe('orders');
        expect(generation).not.toBe(record.live?.generation);
        expect(record.live?.stacks.some((live) => isSame(live.ref, ref)) ?? false).toBe(false);
        expect(ref.account).toBe(record.place?.account);
        expect(stack.status).not.toBe('updating');
        const intent = record.intents.find((one) => isSame(one.ref, ref));
        expect(intent).toBeDefined();
        if (intent!.generation !== generation) expect(intent).toMatchObject({ verb: 'destroy', state: 'open' });
        const { dark } = record;
        if (dark?.generation === generation && dark.regions.includes(ref.region)) {
          expect(NOW >= dark.expiresAt).toBe(true);
        }
      }),
      { numRuns: 20_000, seed: 7 },
    );
    // The generators must reach what the property is about.
    expect(orphans).toBeGreaterThan(50);
  });

  test('is none while any workflow behind it is not known to have ended', () => {
    let asked = 0;
    fc.assert(
      fc.property(stacks, records, fc.nat(), (stack, record, which) => {
        const ended = allEnded(record, stack);
        if (judgeStack(stack, { record, ended, now: NOW }).kind !== 'orphan') return;
        asked += 1;
        const running = [...ended][which % ended.size]!;
        ended.delete(running);
        expect(judgeStack(stack, { record, ended, now: NOW })).toEqual({ kind: 'left', why: `${running} still runs` });
      }),
      { numRuns: 20_000, seed: 11 },
    );
    expect(asked).toBeGreaterThan(50);
  });
});

describe('what is left alone says why', () => {
  const ref: StackRef = { account: 'default', region: 'eu-west-1', kind: 'base', name: 'orders-staging-base' };
  const intent: Intent = { ref, verb: 'apply', generation: 2, token: 't', state: 'done' };
  const record: DeploymentRecord = {
    ...emptyRecord('orders', 'staging'),
    place: { platform: 'fake', account: 'default' },
    intents: [intent],
  };
  const stack = (generation: string | undefined, more: Partial<StackDescription> = {}): StackDescription => ({
    ref,
    status: 'ready',
    outputs: {},
    parameters: {},
    tags: {
      [TAG_APPLICATION]: 'orders',
      [TAG_ENVIRONMENT]: 'staging',
      ...(generation !== undefined && { [TAG_GENERATION]: generation }),
    },
    ...more,
  });
  const dark = { generation: 2, regions: ['eu-west-1'], expiresAt: '2026-11-22T00:00:00.000Z' };

  test.each<[string, StackDescription, DeploymentRecord]>([
    ['no generation', stack(undefined), record],
    ['no generation', stack('two'), record],
    ['no intent', stack('2'), { ...record, intents: [] }],
    ['generation 3, the newest intent is of generation 2', stack('3'), record],
    ['account elsewhere', stack('2', { ref: { ...ref, account: 'elsewhere' } }), record],
    ['updating at this moment', stack('2', { status: 'updating' }), record],
    ['kept dark until 2026-11-22', stack('2'), { ...record, dark }],
    ['still runs', stack('2'), { ...record, intents: [{ ...intent, verb: 'destroy', state: 'open', generation: 9 }] }],
  ])('%s', (why, found, facts) => {
    const known = new Set(workflowsBehind(stack('2'), record));
    expect(judgeStack(found, { record: facts, ended: known, now: NOW })).toEqual({
      kind: 'left',
      why: expect.stringContaining(why),
    });
  });

  test('a destroy that a later, ended generation began and did not finish is finished', () => {
    const begun = {
      ...record,
      intents: [{ ...intent, verb: 'destroy' as const, state: 'open' as const, generation: 5 }],
    };
    const ended = new Set(workflowsBehind(stack('2'), begun));
    expect(judgeStack(stack('2'), { record: begun, ended, now: NOW })).toMatchObject({ kind: 'orphan', generation: 2 });
  });
});

test('destroying goes from traffic to networks, the primary’s region last within a kind', () => {
  fc.assert(
    fc.property(fc.uniqueArray(refs, { selector: ({ kind, region }) => kind + region }), (all) => {
      const ordered = inDestroyOrder(
        all.map((ref) => ({ ref })),
        'eu-west-1',
      ).map(({ ref }) => ref);
      const kinds = ordered.map(({ kind }) => ['global', 'preview', 'data', 'connectivity', 'base'].indexOf(kind));
      expect(kinds).toEqual([...kinds].sort((a, b) => a - b));
      for (const kind of KINDS) {
        const regions = ordered.filter((ref) => ref.kind === kind).map(({ region }) => region);
        if (regions.includes('eu-west-1')) expect(regions.at(-1)).toBe('eu-west-1');
      }
    }),
  );
});
