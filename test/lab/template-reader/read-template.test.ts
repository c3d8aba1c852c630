import fc from 'fast-check';
import type { SymbolicParameter } from '../../../contracts/stack';
import { readTemplate } from '../../../lab/template-reader/read-template';
import { buildRegionSpecs, buildTraffic } from '../../../skills/iac-template-generator/skill';
import {
  planned,
  plannedDeployments,
  templatesOf,
  threeRegions,
  topologyOf,
} from '../../skills/iac-template-generator/planned-deployments';

/** Stands for outputs of stacks that nobody made: the reader must not need their values. */
function values(parameters: Record<string, SymbolicParameter>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      'value' in parameter ? parameter.value : `output-${name}`,
    ]),
  );
}

test('what is rendered is read back: every stack gives its part of the region spec', () => {
  fc.assert(
    fc.property(plannedDeployments, (input) => {
      const specs = new Map(buildRegionSpecs(input).map((spec) => [spec.region, spec]));
      const traffic = buildTraffic(input.request, input.topology);
      const seen = { databases: 0, peerings: 0, bases: 0 };
      for (const stack of templatesOf(input).stacks) {
        const reading = readTemplate(stack.template, values(stack.parameters));
        if (reading.kind === 'traffic') {
          expect(reading.traffic).toEqual(stack.ref.kind === 'preview' ? traffic.preview : traffic.production);
          continue;
        }
        const { kind, ...read } = reading;
        expect(kind).toBe(stack.ref.kind);
        const { peerings, databases, globalStores: _globalStores, ...base } = specs.get(reading.region)!;
        if (kind === 'base') expect(read).toEqual(base);
        if (kind === 'connectivity') expect(read).toEqual({ region: reading.region, peerings });
        if (kind === 'data') expect(read).toEqual({ region: reading.region, databases });
        if (kind !== 'data' || databases.length > 0)
          seen[kind === 'base' ? 'bases' : kind === 'data' ? 'databases' : 'peerings'] += 1;
      }
      expect(seen.bases).toBe(specs.size);
      expect(seen.databases).toBe([...specs.values()].filter(({ databases }) => databases.length > 0).length);
      expect(seen.peerings).toBe([...specs.values()].filter(({ peerings }) => peerings.length > 0).length);
    }),
    { numRuns: 60 },
  );
});

test('a database that says it is synchronous says to how many, or is refused', () => {
  const dataTemplate = (words: object) => {
    const { template, parameters } = templatesOf(threeRegions()).stacks.find(({ ref }) => ref.kind === 'data')!;
    const content = JSON.parse(template);
    content.Resources.DatabaseOrdersDb.Metadata.Meridian = words;
    return readTemplate(JSON.stringify(content), values(parameters));
  };
  const waits = { replication: 'synchronous', quorum: 2, whenDegraded: 'block' };
  expect(dataTemplate(waits)).toMatchObject({ databases: [{ ...waits, promotable: true }] });
  expect(() => dataTemplate({ replication: 'synchronous' })).toThrow(
    'DatabaseOrdersDb: Metadata.Meridian: expected a synchronous database with quorum and whenDegraded',
  );
  expect(() => dataTemplate({ ...waits, whenDegraded: 'panic' })).toThrow('Metadata.Meridian.whenDegraded: expected');
});

test('a change of roles is read back: promoted, detached, and following the former primary', () => {
  const before = threeRegions();
  const live = { specs: buildRegionSpecs(before), firstRegion: 'us-east-1' };
  const topology = topologyOf(['eu-west-1', 'us-east-1', 'ap-southeast-1']);
  const input = { ...planned(before.request, topology), live };
  const read = templatesOf(input).stacks.flatMap(({ template, parameters, ref }) => {
    const reading = readTemplate(template, values(parameters));
    return reading.kind === 'data' ? [[ref.region, reading.databases]] : [];
  });
  expect(Object.fromEntries(read)).toEqual(
    Object.fromEntries(buildRegionSpecs(input).map(({ region, databases }) => [region, databases])),
  );
});

function baseTemplate(): string {
  return templatesOf(threeRegions()).stacks.find(({ ref }) => ref.kind === 'base')!.template;
}

/** The base template with one value replaced; `undefined` removes it. */
function changedTemplate(path: string, value: unknown): string {
  const content: unknown = JSON.parse(baseTemplate());
  const keys = path.split('.');
  const last = keys.pop()!;
  const at = keys.reduce((node, key) => node[key] as Record<string, unknown>, content as Record<string, unknown>);
  expect(at).toHaveProperty(last);
  at[last] = value;
  return JSON.stringify(content);
}

test('a given parameter wins over its default', () => {
  const reading = readTemplate(baseTemplate(), { Zone1: 'us-east-1f' });
  const zones = reading.kind === 'base' && reading.network.publicSubnets.map(({ zone }) => zone);
  expect(zones).toEqual(['us-east-1f', 'us-east-1b', 'us-east-1c']);
});

test('what was changed in a template is what is read, not what was planned', () => {
  const tasks = readTemplate(changedTemplate('Resources.ServiceApi.Properties.DesiredCount', 7), {});
  expect(tasks.kind === 'base' && tasks.services[0]).toMatchObject({ tasks: 7 });
  const path = readTemplate(changedTemplate('Resources.TargetGroupApi.Properties.HealthCheckPath', '/else'), {});
  expect(path.kind === 'base' && path.services[0]).toMatchObject({ health: { path: '/else' } });
});

test.each([
  [
    'Resources.PublicSubnet2.Properties.CidrBlock',
    undefined,
    'PublicSubnet2: Properties.CidrBlock: expected a text, received nothing',
  ],
  [
    'Resources.ServiceApi.Properties.DesiredCount',
    'many',
    'ServiceApi: Properties.DesiredCount: expected a number, received "many"',
  ],
  [
    'Resources.ServiceApi.Properties.TaskDefinition',
    { Ref: 'Vpc' },
    'Vpc: Type: expected AWS::ECS::TaskDefinition, received "AWS::EC2::VPC"',
  ],
  ['Metadata.Meridian.kind', 'base2', 'kind: expected base, connectivity, data or traffic, received "base2"'],
  ['Metadata.Meridian.role', 'boss', 'role: expected one of primary, standby, active, replica, shard, received "boss"'],
])('a wrong %s is named with what was expected', (path, value, message) => {
  expect(() => readTemplate(changedTemplate(path, value), {})).toThrow(message);
});

test('text that is no template is refused', () => {
  expect(() => readTemplate('Resources: {}', {})).toThrow('template: text: expected JSON');
  expect(() => readTemplate('{"Resources":{}}', {})).toThrow('template: Metadata.Meridian: expected an object');
});
