import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDependencies } from '../../activities/dependencies';
import type { GeneratedTemplates } from '../../activities/generate-templates';
import { createPlanActivities } from '../../activities/plan';
import type { StackPlan } from '../../activities/plan-stacks';
import { FileArtifactStore } from '../../activities/store/file-artifact-store';
import type { DeploymentPlan } from '../../contracts/plan';
import { TAG_APPLICATION, TAG_ENVIRONMENT, TAG_GENERATION } from '../../contracts/stack';
import { FakeCloud } from '../../platforms/fake/fake-cloud';
import { createFakePlatform } from '../../platforms/fake/fake-platform';
import type { Platform, StackChange } from '../../platforms/platform';
import { nothingToDo } from '../../policies/nothing-to-do';
import { designRollout } from '../../skills/deployment-strategy-designer/skill';
import {
  planned as plannedWith,
  sampleRequest,
  threeRegions,
  topologyOf,
} from '../skills/iac-template-generator/planned-deployments';

const KEY = { application: 'orders', environment: 'staging', platform: 'fake' as const };
let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'meridian-plan-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

function setUp() {
  const cloud = new FakeCloud();
  const artifacts = new FileArtifactStore(path.join(home, 'artifacts'));
  const asked: Array<Omit<StackChange, 'token'>> = [];
  const fake = createFakePlatform(cloud);
  const stacks: Platform['stacks'] = {
    ...fake.stacks,
    plan: (change) => {
      asked.push(change);
      return fake.stacks.plan(change);
    },
  };
  const platform = () => ({ ...fake, stacks });
  const activities = createPlanActivities({ artifacts, platform } as unknown as ActivityDependencies);
  return { cloud, fake, artifacts, asked, activities };
}
type World = ReturnType<typeof setUp>;

const run = <R>(call: () => Promise<R>): Promise<R> => new MockActivityEnvironment().run(call) as Promise<R>;
const context = { signal: new AbortController().signal, heartbeat: () => {} };

/** Everything of a generation applied, as a deployment would, parameters resolved. */
async function makeLive({ fake, artifacts }: World, { stacks }: GeneratedTemplates, generation: number) {
  for (const { ref, template, parameters } of stacks) {
    const resolved: Record<string, string> = {};
    for (const [name, parameter] of Object.entries(parameters)) {
      if ('value' in parameter) resolved[name] = parameter.value;
      else {
        const source = stacks.find(
          (one) => one.ref.region === parameter.output.region && one.ref.kind === parameter.output.kind,
        );
        resolved[name] = (await fake.stacks.describe(source!.ref)).outputs[parameter.output.name]!;
      }
    }
    const tags = {
      [TAG_APPLICATION]: KEY.application,
      [TAG_ENVIRONMENT]: KEY.environment,
      [TAG_GENERATION]: String(generation),
    };
    const token = `${ref.region}-${ref.kind}-${generation}`;
    await fake.stacks.apply(
      { ref, template: await artifacts.get(template), parameters: resolved, tags, token },
      context,
    );
  }
}

async function generated({ activities }: World, input = threeRegions()) {
  const { request, topology, replication } = input;
  return activities.generateTemplates({ request, topology, replication, firstRegion: topology.primary });
}

const planned = ({ activities }: World, { stacks }: GeneratedTemplates, more: { revertDrift?: boolean } = {}) =>
  run(() => activities.planStacks({ ...KEY, generation: 7, stacks, ...more })) as Promise<StackPlan[]>;

async function sealed(world: World, templates: GeneratedTemplates, stackPlans: StackPlan[], live?: DeploymentPlan) {
  const { request, topology, replication } = threeRegions();
  const rollout = designRollout({ request, topology });
  return world.activities.sealPlan({
    ...{
      topology: { ...topology, regions: topology.regions },
      rollout,
      replication,
      templates,
      findings: [],
      stackPlans,
    },
    ...(live && { live }),
  });
}

test('a first deployment creates everything; its parameters say what is not known yet', async () => {
  const world = setUp();
  const plans = await planned(world, await generated(world));
  expect(plans.every(({ before }) => before === 'absent')).toBe(true);
  expect(plans.flatMap(({ changes }) => changes).every(({ action }) => action === 'create')).toBe(true);
  expect(plans.flatMap(({ broadening }) => broadening)).toEqual([]);
  const values = world.asked.flatMap(({ parameters }) => Object.values(parameters));
  expect(values).toContain('known-when-applied');
});

test('the same again is asked for with the parameters that are there and the new tags, and there is nothing to do', async () => {
  const world = setUp();
  const templates = await generated(world);
  await makeLive(world, templates, 3);
  const stackPlans = await planned(world, templates);
  for (const { ref, parameters, tags } of world.asked) {
    const present = await world.fake.stacks.describe(ref);
    expect(parameters).toEqual(present.parameters);
    expect(tags).toEqual({ ...present.tags, [TAG_GENERATION]: '7' });
  }
  expect(nothingToDo(await sealed(world, templates, stackPlans))).toBe(true);
});

test('a change that leaves a region out says what becomes of its table and its bucket, before anybody approves', async () => {
  const world = setUp();
  const dataStores = [
    { name: 'carts', engine: 'dynamodb' },
    { name: 'uploads', engine: 's3' },
  ];
  const request = sampleRequest({ dataStores, services: [{ name: 'api', image: 'a', uses: ['carts', 'uploads'] }] });
  const over = (regions: string[]) => plannedWith(request, topologyOf(regions));
  const { specs, leavingCopies } = await generated(world, over(['us-east-1', 'eu-west-1']));
  expect(leavingCopies).toEqual([]);
  const smaller = over(['us-east-1']);
  const live = { specs, firstRegion: 'us-east-1' };
  const templates = await world.activities.generateTemplates({ ...smaller, firstRegion: 'us-east-1', live });
  const { irreversible } = await sealed(world, templates, await planned(world, templates));
  expect(irreversible).toEqual([
    expect.stringContaining('the copy of orders.staging.carts in eu-west-1 is deleted'),
    expect.stringContaining('the bucket of uploads in eu-west-1 stays'),
  ]);
});

test('an image that changes is something to do, and changes no permission', async () => {
  const world = setUp();
  await makeLive(world, await generated(world), 3);
  const input = threeRegions();
  const [service, ...others] = input.request.services;
  const request = { ...input.request, services: [{ ...service!, image: 'orders:2.0' }, ...others] };
  const templates = await generated(world, { ...input, request });
  const stackPlans = await planned(world, templates);
  const plan = await sealed(world, templates, stackPlans);
  expect(nothingToDo(plan)).toBe(false);
  expect(plan.changes.filter(({ changes }) => changes.length > 0).map(({ ref }) => ref.kind)).toEqual(
    input.topology.regions.map(() => 'base'),
  );
  expect(plan.changes.flatMap(({ broadening }) => broadening)).toEqual([]);
});

test('a revert of drift plans to put back what was changed by hand', async () => {
  const world = setUp();
  const templates = await generated(world);
  await makeLive(world, templates, 3);
  const { region } = templates.stacks[0]!.ref;
  const resource = 'LoadBalancer';
  const differences = [{ path: 'Properties.IdleTimeout', expected: '60', actual: '4000' }];
  world.cloud.drift.set(`${region}/base`, [{ resource, type: 'AWS::X', kind: 'changed', differences }]);
  expect((await planned(world, templates)).flatMap(({ changes }) => changes)).toEqual([]);
  const reverted = await planned(world, templates, { revertDrift: true });
  expect(reverted.filter(({ changes }) => changes.length > 0)).toEqual([
    expect.objectContaining({
      changes: [{ action: 'change', resource, type: 'AWS::X', properties: ['Properties.IdleTimeout'] }],
    }),
  ]);
});

test('sealing the same twice gives the same bytes, and what leaves is in them', async () => {
  const world = setUp();
  const templates = await generated(world);
  const stackPlans = await planned(world, templates);
  const once = await sealed(world, templates, stackPlans);
  expect(JSON.stringify(await sealed(world, templates, stackPlans))).toBe(JSON.stringify(once));
  const gone = { ...once.topology.regions[0]!, region: 'sa-east-1' };
  const base = templates.stacks[0]!;
  const live = {
    ...once,
    topology: {
      ...once.topology,
      regions: [...once.topology.regions, gone],
      cost: { ...once.topology.cost, usdPerMonth: 99 },
    },
    stacks: [...once.stacks, { ...base, ref: { ...base.ref, region: 'sa-east-1' } }],
  };
  const removing = await sealed(world, templates, stackPlans, live);
  expect(removing.removals.map(({ region, stacks }) => [region, stacks.length])).toEqual([['sa-east-1', 1]]);
  expect(removing.costBefore).toBe(99);
  expect(removing.digest).not.toBe(once.digest);
  expect(removing.irreversible).toContainEqual(expect.stringContaining('remove sa-east-1'));
  expect(nothingToDo(removing)).toBe(false);
});
