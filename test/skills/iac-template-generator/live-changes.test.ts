import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import fc from 'fast-check';
import { REGION_IDS } from '../../../catalog/regions';
import type { DatabaseSpec, RegionSpec } from '../../../contracts/region-spec';
import type { StackRef } from '../../../contracts/stack';
import { isStateful } from '../../../policies/stateful-resources';
import { cidrsOverlap } from '../../../skills/iac-template-generator/region-network';
import type { GeneratedStack } from '../../../skills/iac-template-generator/schema';
import { buildRegionSpecs, buildTraffic, generateTemplates } from '../../../skills/iac-template-generator/skill';
import { validateSecurity } from '../../../skills/networksec-architecture-validator/skill';
import { planned, sampleRequest, topologyOf } from './planned-deployments';

interface Live {
  specs: RegionSpec[];
  firstRegion: string;
  stacks: GeneratedStack[];
}

/** A deployment over these regions, the first of them the primary, as a change of what is live. */
function deploy(regions: string[], live?: Live, changes: Record<string, unknown> = {}): Live {
  const input = planned(sampleRequest({ environment: 'production', ...changes }), topologyOf(regions));
  const specs = buildRegionSpecs({ ...input, live });
  const firstRegion = live?.firstRegion ?? regions.at(-1)!;
  const traffic = buildTraffic(input.request, input.topology);
  return { specs, firstRegion, stacks: generateTemplates({ ...input.request, specs, traffic, firstRegion }).stacks };
}

function databases({ specs }: Live): Record<string, Partial<DatabaseSpec>> {
  const lineage = ({ role, sourceRegion, copiedFrom }: DatabaseSpec) =>
    JSON.parse(JSON.stringify({ role, sourceRegion, copiedFrom }));
  return Object.fromEntries(specs.map(({ region, databases: [database] }) => [region, lineage(database!)]));
}

function stackAt({ stacks }: Live, { region, kind }: Pick<StackRef, 'region' | 'kind'>): GeneratedStack | undefined {
  return stacks.find(({ ref }) => ref.region === region && ref.kind === kind);
}

/**
 * Properties that CloudFormation's schema calls conditional, of which the reference of AWS::RDS::DBInstance says for
 * PostgreSQL: removing the source promotes; a second zone is added while the instance runs.
 */
const CHANGED_IN_PLACE = new Set(['SourceDBInstanceIdentifier', 'MultiAZ']);

/** What would be lost or made again by going from one deployment to the next, and what a kept resource would follow instead. */
function losses(from: Live, to: Live): string[] {
  return from.stacks.flatMap((before) => {
    const after = stackAt(to, before.ref);
    if (!after) return [];
    const at = `${before.ref.region}/${before.ref.kind}`;
    const lost: string[] = [];
    fullDiff(JSON.parse(before.template), JSON.parse(after.template)).resources.forEachDifference((id, change) => {
      const type = change.oldResourceType ?? '';
      const precious = isStateful({ type }) || type === 'AWS::SecretsManager::Secret';
      if (change.isAddition || !precious) return;
      const properties = Object.entries(change.propertyUpdates).filter(
        ([property, { changeImpact }]) =>
          changeImpact === ResourceImpact.WILL_REPLACE ||
          (changeImpact === ResourceImpact.MAY_REPLACE && !CHANGED_IN_PLACE.has(property)),
      );
      if (change.isRemoval) lost.push(`${at}/${id} is deleted`);
      lost.push(...properties.map(([property]) => `${at}/${id} is replaced by ${property}`));
    });
    const sources = ({ parameters }: GeneratedStack) =>
      Object.entries(parameters).filter(([name]) => name.startsWith('SourceArn') && name in after.parameters);
    if (JSON.stringify(sources(before)) !== JSON.stringify(sources(after))) lost.push(`${at} follows another source`);
    return lost;
  });
}

/** Connections between regions that both stay, which would be cut and made again. */
function movedPeerings(from: Live, to: Live): string[] {
  const kept = new Set(to.specs.map(({ region }) => region));
  const requested = ({ specs }: Live) =>
    specs.flatMap(({ region, peerings }) =>
      peerings.filter(({ side }) => side === 'requester').map((peering) => `${region} → ${peering.region}`),
    );
  const after = new Set(requested(to));
  return requested(from).filter((pair) => pair.split(' → ').every((end) => kept.has(end)) && !after.has(pair));
}

const regionsOf = fc.uniqueArray(fc.constantFrom(...REGION_IDS), { minLength: 1, maxLength: 5 });

/** Up to three changes, each to any regions (the one with the shared credentials stays) with any primary. */
const changes = fc.array(
  fc.record({ regions: regionsOf, firstIs: fc.nat({ max: 5 }), size: fc.constantFrom('db.t4g.small', 'db.m6g.large') }),
  { minLength: 1, maxLength: 3 },
);

test('any change of regions and primaries keeps every network, every peering between kept regions, every database', () => {
  let promotions = 0;
  fc.assert(
    fc.property(regionsOf, changes, (first, steps) => {
      let live = deploy(first);
      for (const { regions: wished, firstIs, size } of steps) {
        const regions = wished.filter((region) => region !== live.firstRegion);
        regions.splice(firstIs % (regions.length + 1), 0, live.firstRegion);
        const dataStores = [{ name: 'orders-db', engine: 'postgresql', instanceClass: size, storageGb: 100 }];
        const next = deploy(regions, live, { dataStores });
        expect(losses(live, next)).toEqual([]);
        expect(movedPeerings(live, next)).toEqual([]);
        for (const { region, network } of live.specs) {
          const after = next.specs.find((spec) => spec.region === region);
          if (after) expect(after.network).toEqual(network);
        }
        const clashes = next.specs.filter((spec, index) =>
          [...next.specs.slice(index + 1), ...live.specs.filter(({ region }) => region !== spec.region)].some((other) =>
            cidrsOverlap(spec.network.cidr, other.network.cidr),
          ),
        );
        expect(clashes).toEqual([]);
        expect(next.specs.flatMap((spec) => spec.databases.filter(({ role }) => role === 'primary'))).toHaveLength(1);
        if (next.specs[0]!.databases[0]!.copiedFrom) promotions += 1;
        live = next;
      }
    }),
    { numRuns: 15 },
  );
  expect(promotions).toBeGreaterThan(2);
});

test('the promoted database loses its source; the former primary and the copies that follow it stay as they are', () => {
  const before = deploy(['us-east-1', 'eu-west-1', 'ap-southeast-1']);
  const after = deploy(['eu-west-1', 'us-east-1', 'ap-southeast-1'], before);
  expect(databases(after)).toEqual({
    'eu-west-1': { role: 'primary', copiedFrom: 'us-east-1' },
    'us-east-1': { role: 'detached' },
    'ap-southeast-1': { role: 'replica', sourceRegion: 'us-east-1' },
  });
  const resource = (live: Live, region: string) =>
    JSON.parse(stackAt(live, { region, kind: 'data' })!.template).Resources.DatabaseOrdersDb;
  expect(resource(after, 'us-east-1')).toEqual(resource(before, 'us-east-1'));
  expect(resource(after, 'ap-southeast-1')).toEqual(resource(before, 'ap-southeast-1'));
  const promoted = resource(after, 'eu-west-1');
  expect(promoted.DeletionPolicy).toBe('Snapshot');
  expect(promoted.Properties).not.toHaveProperty('SourceDBInstanceIdentifier');
  expect(promoted.Properties).toMatchObject({
    SourceRegion: 'us-east-1',
    DeletionProtection: { Ref: 'DeletionProtection' },
  });
  expect(validateSecurity({ ...after, residency: { jurisdictions: [], personalStores: [] } })).toMatchObject([
    { rule: 'detached-databases', severity: 'medium', where: 'us-east-1/data/orders-db' },
    { where: 'ap-southeast-1/data/orders-db', message: expect.stringContaining('still follows us-east-1') },
  ]);
  // every region's name for writing leads to the new primary
  expect(stackAt(after, { region: 'us-east-1', kind: 'data' })!.parameters.WriterEndpointOrdersDb).toEqual({
    output: { region: 'eu-west-1', kind: 'data', name: 'EndpointOrdersDb' },
  });
});

test('a primary that comes back is the database it was; a copy whose source is removed is detached, not deleted', () => {
  const first = deploy(['us-east-1', 'eu-west-1', 'ap-southeast-1']);
  const failedOver = deploy(['eu-west-1', 'us-east-1', 'ap-southeast-1'], first);
  const back = deploy(['us-east-1', 'eu-west-1', 'ap-southeast-1'], failedOver);
  expect(databases(back)).toEqual({
    'us-east-1': { role: 'primary' },
    'eu-west-1': { role: 'detached', copiedFrom: 'us-east-1' },
    'ap-southeast-1': { role: 'replica', sourceRegion: 'us-east-1' },
  });
  const withoutOld = deploy(['eu-west-1', 'ap-southeast-1', 'us-west-2'], failedOver);
  expect(databases(withoutOld)).toEqual({
    'eu-west-1': { role: 'primary', copiedFrom: 'us-east-1' },
    'ap-southeast-1': { role: 'detached', copiedFrom: 'us-east-1' },
    'us-west-2': { role: 'replica', sourceRegion: 'eu-west-1' },
  });
});

test('a new region takes a range that none has, also none of a region that is being removed', () => {
  const live = deploy(['us-east-1', 'eu-west-1', 'ap-southeast-1']);
  const next = deploy(['us-east-1', 'ap-southeast-1', 'us-west-2'], live);
  expect(next.specs.map(({ region, network }) => [region, network.cidr])).toEqual([
    ['us-east-1', '10.0.0.0/16'],
    ['ap-southeast-1', '10.2.0.0/16'],
    ['us-west-2', '10.3.0.0/16'],
  ]);
});

test.each([
  [{ 'eu-west-1': { cidr: '10.9.0.0/16' } }, ['us-east-1', 'eu-west-1'], '"10.9.0.0/16"', 'cannot be moved'],
  [
    { 'us-west-2': { cidr: '10.1.128.0/17' } },
    ['eu-west-1', 'us-west-2'],
    'of eu-west-1, which is live',
    'a network without',
  ],
  [{}, ['us-east-1'], 'us-east-1, without eu-west-1', 'credentials'],
])('a change that would move what is shared is refused: %j over %j', (overrides, regions, received, valid) => {
  const live = deploy(['us-east-1', 'eu-west-1']);
  const change = () => deploy(regions, live, { regions: { overrides } });
  expect(change).toThrow(received);
  expect(change).toThrow(valid);
});
