import type { StackKind } from '../../contracts/stack';
import { TAG_APPLICATION, TAG_ENVIRONMENT, TAG_GENERATION } from '../../contracts/stack';
import type { CallContext, Platform, StackChange } from '../../platforms/platform';
import type { GeneratedStack } from '../../skills/iac-template-generator/schema';
import { PRIMARY, STANDBY, scope, store } from '../lab/sample-deployment';
import { planned, sampleRequest, templatesOf, topologyOf } from '../skills/iac-template-generator/planned-deployments';
import type { CloudUnderTest } from './cloud-under-test';

/**
 * What every platform promises (platforms/platform.ts), said once and run over each of them: the fake is only worth
 * something for tests because it passes the same suite as the real thing. What a cloud cannot do, its capabilities say.
 */
export function platformContract(name: string, cloud: CloudUnderTest): void {
  const stacks = templatesOf(
    planned(
      sampleRequest({
        services: [{ name: 'api', image: 'meridian/sample-orders:1.0', tasks: 1, uses: ['orders'] }],
        dataStores: [{ name: 'orders', engine: 'postgresql' }],
      }),
      topologyOf([PRIMARY, STANDBY]),
    ),
  ).stacks.map((one) => ({ ...one, template: cloud.reduce?.(one.template) ?? one.template }));
  const { capabilities } = cloud;
  const context: CallContext = { signal: new AbortController().signal, heartbeat: () => undefined };
  let platform: Platform;
  beforeAll(async () => {
    platform = await cloud.create();
  }, cloud.startTimeoutMs);

  const stack = (region: string, kind: StackKind): GeneratedStack => {
    const found = stacks.find(({ ref }) => ref.kind === kind && (ref.region === region || kind === 'preview'));
    if (!found) throw new Error(`no ${kind} stack in ${region}`);
    return found;
  };
  const apply = async ({ ref, template, parameters }: GeneratedStack, more: Partial<StackChange> = {}) => {
    const token = `1/${ref.region}/${ref.name}`;
    const change: StackChange = { ref, template, parameters: {}, tags: tags(1), token, ...more };
    for (const [parameter, value] of Object.entries(parameters)) {
      if ('value' in value) change.parameters[parameter] = value.value;
      else {
        const source = await platform.stacks.describe(stack(value.output.region, value.output.kind).ref);
        change.parameters[parameter] = source.outputs[value.output.name] ?? '';
      }
    }
    return platform.stacks.apply(change, context);
  };
  const on = (region: string) => ({ ...store, region });

  describe(`${name}: stacks`, () => {
    it('are absent until they are made, and planning makes nothing', async () => {
      const { ref, template } = stack(PRIMARY, 'base');
      expect((await platform.stacks.describe(ref)).status).toBe('absent');
      const changes = await platform.stacks.plan({ ref, template, parameters: {}, tags: tags(1) });
      expect(changes.length).toBeGreaterThan(10);
      expect(changes.every(({ action }) => action === 'create')).toBe(true);
      expect((await platform.stacks.describe(ref)).status).toBe('absent');
      expect(await platform.stacks.template(ref)).toBeUndefined();
    });

    it('are not made when anything of it was not approved', async () => {
      const { ref, template } = stack(PRIMARY, 'base');
      const [first, ...rest] = await platform.stacks.plan({ ref, template, parameters: {}, tags: tags(1) });
      const refused = apply(stack(PRIMARY, 'base'), { approved: rest });
      await expect(refused).rejects.toMatchObject({
        type: 'Platform.PlanChanged',
        retryable: false,
        message: expect.stringContaining(first?.resource ?? ''),
      });
      expect((await platform.stacks.describe(ref)).status).toBe('absent');
      expect(await platform.stacks.list(scope)).toEqual([]);
    });

    it('are ready when apply returns, give every output, and say what they were made from', async () => {
      for (const one of stacks.filter(({ ref }) => ref.kind === 'base')) {
        const approved = await platform.stacks.plan({ ...one, parameters: {}, tags: tags(1) });
        await apply(one, { approved });
      }
      const { ref, template } = stack(PRIMARY, 'base');
      const described = await platform.stacks.describe(ref);
      expect(described).toMatchObject({ status: 'ready', tags: tags(1) });
      expect(Object.keys(described.outputs).sort()).toEqual(Object.keys(JSON.parse(template).Outputs).sort());
      expect(await platform.stacks.template(ref)).toBe(template);
    });

    it('answer a repeated token with the same result', async () => {
      const first = await platform.stacks.describe(stack(PRIMARY, 'base').ref);
      expect(await apply(stack(PRIMARY, 'base'))).toEqual(first);
    });

    it('are listed by deployment, and no other deployment sees them', async () => {
      const listed = await platform.stacks.list(scope);
      expect(listed.map(({ ref }) => ref.region).sort()).toEqual([PRIMARY, STANDBY].sort());
      expect(await platform.stacks.list({ ...scope, environment: 'production' })).toEqual([]);
    });

    it('are not destroyed for a generation that did not make them', async () => {
      const { ref } = stack(PRIMARY, 'base');
      await expect(platform.stacks.destroy({ ref, token: 'other', onlyGeneration: 7 }, context)).rejects.toMatchObject({
        type: 'Platform.Refused',
        retryable: false,
      });
      expect((await platform.stacks.describe(ref)).status).toBe('ready');
    });

    it('belong to the generation that applied them last, even when nothing else changes', async () => {
      const before = await platform.stacks.describe(stack(STANDBY, 'base').ref);
      const after = await apply(stack(STANDBY, 'base'), { tags: tags(2), token: '2/standby', approved: [] });
      expect(after).toEqual({ ...before, tags: tags(2) });
      await apply(stack(STANDBY, 'base'), { tags: tags(1), token: '3/standby', approved: [] });
    });

    it('have not drifted while nobody else touched them', async () => {
      const { ref } = stack(PRIMARY, 'base');
      expect(await platform.stacks.drift(ref, context)).toEqual({ ref, drifted: [] });
    });
  });

  describeIf(capabilities.drift, `${name}: drift`, () => {
    it('shows what was removed by hand', async () => {
      const { ref } = stack(STANDBY, 'base');
      const resource = await cloud.removeByHand?.(platform, ref);
      const { drifted } = await platform.stacks.drift(ref, context);
      expect(drifted).toEqual([expect.objectContaining({ resource, kind: 'deleted' })]);
    });

    (capabilities.revertDrift ? it : it.skip)('is returned to what the template says, when asked', async () => {
      const { ref } = stack(STANDBY, 'base');
      await apply(stack(STANDBY, 'base'), { token: '4/standby', revertDrift: true });
      expect((await platform.stacks.drift(ref, context)).drifted).toEqual([]);
    });
  });

  describeIf(capabilities.dataAndTraffic, `${name}: data and traffic`, () => {
    it('make the first data stack the primary and the others its standbys', async () => {
      for (const one of stacks.filter(({ ref }) => ref.kind === 'connectivity' || ref.kind === 'data'))
        await apply(one);
      await apply(stack(PRIMARY, 'preview'));
      expect(await platform.data.status(on(PRIMARY))).toMatchObject({ reachable: true, role: 'primary' });
      expect(await platform.data.status(on(STANDBY))).toMatchObject({
        reachable: true,
        role: 'standby',
        lagMs: expect.any(Number),
      });
      expect((await platform.data.compare({ ...store, regions: [PRIMARY, STANDBY] })).consistent).toBe(true);
    });

    it('resolve a published hostname and nothing else', async () => {
      const preview = 'preview-orders.example.com';
      expect((await platform.traffic.resolve(preview)).regions).toContain(PRIMARY);
      expect(await platform.traffic.resolve('orders.example.com')).toEqual({ regions: [] });
    });

    it('drain a region and return it, and never leave nobody to answer', async () => {
      const drain = (regions: string[]) =>
        platform.traffic.drain({ ...scope, hostname: 'preview-orders.example.com', regions, epoch: 1 });
      const answering = async () => (await platform.traffic.resolve('preview-orders.example.com')).regions;
      const before = await answering();
      await drain([PRIMARY]);
      expect(await answering()).not.toContain(PRIMARY);
      await expect(drain([PRIMARY, STANDBY])).rejects.toMatchObject({ type: 'Platform.Refused', retryable: false });
      await drain([]);
      expect(await answering()).toEqual(before);
    });

    it('promote nothing while the old primary can still write', async () => {
      const promotion = { ...on(STANDBY), expectedPrimary: PRIMARY, epoch: 2 };
      await expect(platform.data.promote(promotion, context)).rejects.toMatchObject({ type: 'Platform.Refused' });
      expect(await platform.data.status(on(STANDBY))).toMatchObject({ role: 'standby' });
    });

    it('promote once after a fence receipt, and the second time it is already so', async () => {
      const receipt = await platform.data.fence({ ...on(PRIMARY), epoch: 3 }, context);
      expect(receipt).toMatchObject({ region: PRIMARY, epoch: 3 });
      const wrong = { ...on(STANDBY), expectedPrimary: 'us-east-1', epoch: 3 };
      await expect(platform.data.promote(wrong, context)).rejects.toMatchObject({ type: 'Platform.Refused' });
      const promotion = { ...on(STANDBY), expectedPrimary: PRIMARY, epoch: 3 };
      expect(await platform.data.promote(promotion, context)).toMatchObject({ role: 'primary' });
      expect(await platform.data.promote(promotion, context)).toMatchObject({ role: 'primary' });
    });

    it('refuse an epoch that is older than the newest one seen', async () => {
      const stale = { type: 'Platform.StaleEpoch', retryable: false };
      await expect(platform.data.fence({ ...on(STANDBY), epoch: 2 }, context)).rejects.toMatchObject(stale);
      await expect(platform.data.rejoin({ ...on(PRIMARY), epoch: 2 }, context)).rejects.toMatchObject(stale);
    });

    it('take the fenced region back as a standby', async () => {
      expect(await platform.data.rejoin({ ...on(PRIMARY), epoch: 3 }, context)).toMatchObject({ role: 'standby' });
    });
  });

  describeIf(capabilities.faults, `${name}: faults`, () => {
    it('kill a region once per id, show it in the probes, and undo it', async () => {
      const fault = { ...scope, id: 'drill', fault: { kind: 'kill-region', region: PRIMARY } as const };
      const { at } = await platform.faults.inject(fault);
      expect(await platform.faults.inject(fault)).toEqual({ at });
      const probe = { ...scope, region: PRIMARY, path: '/health/live' };
      expect((await platform.probes.region(probe)).every(({ healthy }) => healthy)).toBe(false);
      await platform.faults.undo({ ...scope, id: 'drill' }, context);
      await platform.faults.undo({ ...scope, id: 'drill' }, context);
      expect((await platform.probes.region(probe)).every(({ healthy }) => healthy)).toBe(true);
    });
  });

  describe(`${name}: the end`, () => {
    it('destroy what there is, twice without complaint, and list nothing afterwards', async () => {
      for (const { ref } of [...stacks].reverse()) {
        await platform.stacks.destroy({ ref, token: `away/${ref.name}/${ref.region}` }, context);
        await platform.stacks.destroy({ ref, token: `away/${ref.name}/${ref.region}` }, context);
      }
      expect(await platform.stacks.list(scope)).toEqual([]);
    });
  });
}

/** Skipped suites stay in the listing: what a cloud cannot do is seen there. */
function describeIf(condition: boolean, name: string, suite: () => void): void {
  (condition ? describe : describe.skip)(name, suite);
}

function tags(generation: number): Record<string, string> {
  return {
    [TAG_APPLICATION]: scope.application,
    [TAG_ENVIRONMENT]: scope.environment,
    [TAG_GENERATION]: String(generation),
  };
}
