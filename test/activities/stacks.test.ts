import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import fc from 'fast-check';
import type { ActivityDependencies } from '../../activities/dependencies';
import { createStackActivities } from '../../activities/stacks';
import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import { FileDeploymentStore } from '../../activities/store/file-deployment-store';
import { withFailureTypes } from '../../activities/support/failures';
import { compensationFor } from '../../contracts/compensation';
import type { StackArtifact, StackRef } from '../../contracts/stack';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import { PlatformError } from '../../platforms/platform-error';

// Lost answers are the point here: the SDK need not report each.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const KEY = { application: 'orders', environment: 'staging', platform: 'fake' as const };
let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'meridian-stacks-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

function setUp(name: string) {
  const cloud = new FakeCloud();
  const artifacts = new FileArtifactStore(path.join(home, name, 'artifacts'));
  const records = new FileDeploymentStore(path.join(home, name, 'records'));
  const platform = () => createFakePlatform(cloud);
  const activities = createStackActivities({ artifacts, records, platform } as unknown as ActivityDependencies);
  return { cloud, artifacts, records, activities };
}

const ref = (kind: StackRef['kind']): StackRef => ({
  account: 'default',
  region: 'eu-west-1',
  kind,
  name: `orders-staging-${kind}`,
});

async function artifact(store: FileArtifactStore, kind: StackRef['kind'], version: number): Promise<StackArtifact> {
  const template = await store.put(JSON.stringify({ Description: `version ${version}`, Resources: {} }), 'json');
  return { ref: ref(kind), template, parameters: {}, resources: 0, resourceTypes: {}, digest: template.sha256 };
}

const run = <R>(call: () => Promise<R>): Promise<R> => new MockActivityEnvironment().run(call) as Promise<R>;

/** One generation's life: it applies some stacks, perhaps loses an answer, and is then undone completely. */
async function applyAndUndo(
  activities: ReturnType<typeof createStackActivities>,
  store: FileArtifactStore,
  cloud: FakeCloud,
  generation: number,
  kinds: StackRef['kind'][],
  lost: boolean,
) {
  const way = [];
  for (const kind of kinds) {
    const [before = { state: 'absent' as const }] = await run(() =>
      activities.readBeforeImages({ ...KEY, generation, refs: [ref(kind)] }),
    );
    way.unshift(compensationFor(ref(kind), generation, before));
    if (lost)
      cloud.script.push({
        call: 'apply',
        kind,
        times: 1,
        after: true,
        error: new PlatformError('Platform.Unavailable', 'reset'),
      });
    const input = { ...KEY, generation, artifact: await artifact(store, kind, generation), refs: [] };
    await run(() => activities.applyStack(input)).catch(() => undefined);
  }
  for (const compensation of way) await run(() => activities.compensateStack({ ...KEY, generation, compensation }));
}

describe('stacks', () => {
  it('that were there before survive any generation that is undone, with their template', async () => {
    let scenario = 0;
    const kinds = fc.subarray<StackRef['kind']>(['base', 'data', 'preview', 'global']);
    const generations = fc.array(fc.record({ kinds, lost: fc.boolean() }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(kinds, generations, async (existing, undone) => {
        scenario += 1;
        const { cloud, artifacts, activities } = setUp(`property-${scenario}`);
        for (const kind of existing) {
          const input = { ...KEY, generation: 1, artifact: await artifact(artifacts, kind, 1), refs: [] };
          await run(() => activities.applyStack(input));
        }
        const before = [...cloud.stacks].map(([key, { change }]) => [key, change.template]).sort();
        for (const [index, { kinds: touched, lost }] of undone.entries()) {
          await applyAndUndo(activities, artifacts, cloud, index + 2, touched, lost);
        }
        expect([...cloud.stacks].map(([key, { change }]) => [key, change.template]).sort()).toEqual(before);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('have an open intent before the act and a settled one after it', async () => {
    const { cloud, artifacts, records, activities } = setUp('intents');
    const input = { ...KEY, generation: 1, artifact: await artifact(artifacts, 'base', 1), refs: [] };
    cloud.script.push({ call: 'apply', times: 1, error: new PlatformError('Platform.Unavailable', 'cut') });
    await expect(run(() => activities.applyStack(input))).rejects.toThrow('cut');
    const [open] = (await records.load(KEY)).intents;
    expect(open).toMatchObject({ verb: 'apply', state: 'open', generation: 1 });
    await run(() => activities.applyStack(input));
    expect((await records.load(KEY)).intents).toEqual([{ ...open, state: 'done' }]);
  });

  it('act under tokens that a retry repeats and another generation does not', async () => {
    const { cloud, artifacts, activities } = setUp('tokens');
    for (const generation of [1, 1, 2]) {
      const input = { ...KEY, generation, artifact: await artifact(artifacts, 'base', 1), refs: [] };
      await run(() => activities.applyStack(input));
    }
    expect(cloud.tokens.size).toBe(2);
    expect(cloud.acts).toEqual(['apply eu-west-1/base', 'apply eu-west-1/base']);
  });

  it('that would change otherwise than approved tell all that would really change', async () => {
    const { artifacts, activities } = setUp('unapproved');
    const text = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
    const template = await artifacts.put(text, 'json');
    const input = {
      ...KEY,
      generation: 1,
      artifact: { ...(await artifact(artifacts, 'base', 1)), template },
      refs: [],
    };
    const { applyStack } = withFailureTypes({ applyStack: activities.applyStack });
    await expect(run(() => applyStack({ ...input, approved: [] }))).rejects.toMatchObject({
      type: 'Platform.PlanChanged',
      nonRetryable: true,
      details: [{ region: 'eu-west-1', changes: [{ action: 'create', resource: 'Topic', type: 'AWS::SNS::Topic' }] }],
    });
  });

  it('that were undone are applied once more by the same generation, and not by an older one', async () => {
    const { cloud, artifacts, activities } = setUp('again');
    const of = async (generation: number) => ({
      ...KEY,
      generation,
      artifact: await artifact(artifacts, 'base', generation),
      refs: [],
    });
    await run(async () => activities.applyStack(await of(1)));
    const [before = { state: 'absent' as const }] = await run(() =>
      activities.readBeforeImages({ ...KEY, generation: 2, refs: [ref('base')] }),
    );
    await run(async () => activities.applyStack(await of(2)));
    const compensation = compensationFor(ref('base'), 2, before);
    await run(() => activities.compensateStack({ ...KEY, generation: 2, compensation }));
    await run(async () => activities.applyStack(await of(2)));
    const version = () => JSON.parse([...cloud.stacks.values()][0]?.change.template ?? '{}').Description;
    expect(version()).toBe('version 2');
    await expect(run(async () => activities.applyStack(await of(1)))).rejects.toMatchObject({
      type: 'Record.Conflict',
    });
    const late = compensationFor(ref('base'), 1, before);
    await expect(
      run(() => activities.compensateStack({ ...KEY, generation: 1, compensation: late })),
    ).rejects.toMatchObject({ type: 'Record.Conflict' });
    expect(version()).toBe('version 2');
  });

  it('say what a rollback left out, applied and undone', async () => {
    const { cloud, artifacts, activities } = setUp('skipped');
    cloud.intercept = async ({ name }, act) => {
      const answer = await act();
      return name === 'apply' ? { ...(answer as object), skipped: ['Topic'] } : answer;
    };
    const input = { ...KEY, generation: 1, artifact: await artifact(artifacts, 'base', 1), refs: [] };
    expect(await run(() => activities.applyStack(input))).toMatchObject({ skipped: ['Topic'] });
    const [before = { state: 'absent' as const }] = await run(() =>
      activities.readBeforeImages({ ...KEY, generation: 2, refs: [ref('base')] }),
    );
    const compensation = compensationFor(ref('base'), 2, before);
    const undone = await run(() => activities.compensateStack({ ...KEY, generation: 2, compensation }));
    expect(undone).toEqual({ skipped: ['Topic'] });
  });

  it('whose parameter has no source are refused by name', async () => {
    const { artifacts, activities } = setUp('parameters');
    const made = await artifact(artifacts, 'data', 1);
    const parameters = { VpcId: { output: { region: 'eu-west-1', kind: 'base' as const, name: 'VpcId' } } };
    const input = { ...KEY, generation: 1, artifact: { ...made, parameters }, refs: [ref('base')] };
    await expect(run(() => activities.applyStack(input))).rejects.toThrow(
      'parameter VpcId needs output VpcId of stack base in eu-west-1, which that stack does not have',
    );
  });
});
