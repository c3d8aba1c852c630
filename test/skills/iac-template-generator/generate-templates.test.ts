import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Routing } from '../../../contracts/topology';
import { logicalNames } from '../../../skills/iac-template-generator/logical-names';
import { buildRegionSpecs, buildTraffic, generateTemplates } from '../../../skills/iac-template-generator/skill';
import {
  planned,
  plannedDeployments,
  sampleRequest,
  templatesOf,
  threeRegions,
  topologyOf,
} from './planned-deployments';

interface Resource {
  Type: string;
  DependsOn?: string[];
  Properties: Record<string, unknown>;
}

function resourcesOf(kind: string, region: string, input = threeRegions()): Record<string, Resource> {
  const stack = templatesOf(input).stacks.find(({ ref }) => ref.kind === kind && ref.region === region)!;
  return JSON.parse(stack.template).Resources;
}

test('stacks come in the order in which they are made, named after the deployment', () => {
  const { stacks } = templatesOf(threeRegions());
  expect(stacks.map(({ ref }) => `${ref.region}/${ref.kind}`)).toEqual([
    'us-east-1/base',
    'eu-west-1/base',
    'ap-southeast-1/base',
    'us-east-1/connectivity',
    'eu-west-1/connectivity',
    'ap-southeast-1/connectivity',
    'us-east-1/data',
    'eu-west-1/data',
    'ap-southeast-1/data',
    'us-east-1/preview',
    'us-east-1/global',
  ]);
  expect(new Set(stacks.map(({ ref }) => ref.name))).toEqual(
    new Set(['base', 'connectivity', 'data', 'preview', 'global'].map((kind) => `orders-staging-${kind}`)),
  );
});

test('any deployment: equal input gives equal bytes, and no parameter needs a stack that is made later', () => {
  fc.assert(
    fc.property(plannedDeployments, (input) => {
      const { stacks, documents } = templatesOf(input);
      const again = templatesOf(structuredClone(input));
      expect(JSON.stringify(again)).toBe(JSON.stringify({ stacks, documents }));
      stacks.forEach(({ template, parameters, resources }, index) => {
        const content = JSON.parse(template);
        expect(Object.keys(content.Resources)).toHaveLength(resources);
        for (const [name, declared] of Object.entries<{ Default?: string }>(content.Parameters ?? {})) {
          expect(name in parameters || declared.Default !== undefined).toBe(true);
        }
        for (const [name, parameter] of Object.entries(parameters)) {
          expect(content.Parameters).toHaveProperty(name);
          if ('value' in parameter) continue;
          const { region, kind, name: output } = parameter.output;
          const source = stacks.slice(0, index).find(({ ref }) => ref.region === region && ref.kind === kind);
          expect(Object.keys(JSON.parse(source!.template).Outputs)).toContain(output);
        }
      });
    }),
    { numRuns: 40 },
  );
});

test('the order of keys in a request does not change a template', () => {
  const withKeys = (environment: Record<string, string>) =>
    templatesOf(
      planned(sampleRequest({ services: [{ name: 'api', image: 'a', environment }] }), threeRegions().topology),
    );
  expect(withKeys({ A: '1', B: '2' })).toEqual(withKeys({ B: '2', A: '1' }));
});

test('credentials are made in the base stack that comes first, for all regions, and nowhere else', () => {
  const { request, topology } = threeRegions();
  const specs = buildRegionSpecs(threeRegions());
  const generate = (firstRegion?: string) =>
    generateTemplates({ ...request, specs, traffic: buildTraffic(request, topology), firstRegion }).stacks;
  const makers = (stacks: ReturnType<typeof generate>) =>
    stacks.filter(({ template }) => template.includes('AWS::SecretsManager::Secret')).map(({ ref }) => ref.region);
  expect(makers(generate())).toEqual(['us-east-1']);
  const canaryFirst = generate('eu-west-1');
  expect(makers(canaryFirst)).toEqual(['eu-west-1']);
  expect(canaryFirst[0]!.ref.region).toBe('eu-west-1');
  const { CredentialsOrdersDb } = JSON.parse(canaryFirst[0]!.template).Resources;
  expect(CredentialsOrdersDb.Properties.ReplicaRegions).toEqual([
    { Region: 'us-east-1' },
    { Region: 'ap-southeast-1' },
  ]);
  expect(() => generate('us-west-2')).toThrow('firstRegion: us-west-2 is not one of the regions');
});

test('tasks find their stores by names that outlive a failover, and their password by reference', () => {
  const { TaskDefinitionApi } = resourcesOf('base', 'eu-west-1');
  const [container] = TaskDefinitionApi!.Properties.ContainerDefinitions as Array<
    Record<string, Array<Record<string, unknown>>>
  >;
  const variables = Object.fromEntries(container!.Environment!.map(({ Name, Value }) => [Name, Value]));
  expect(variables).toMatchObject({
    ORDERS_DB_HOST: 'orders-db.orders-staging.internal',
    ORDERS_DB_READ_HOST: 'orders-db-read.orders-staging.internal',
    ORDERS_DB_DATABASE: 'orders_db',
  });
  expect(container!.Secrets!.map(({ Name }) => Name)).toEqual(['ORDERS_DB_USER', 'ORDERS_DB_PASSWORD']);
  const { WriterNameOrdersDb, ReaderNameOrdersDb } = resourcesOf('data', 'eu-west-1');
  expect(WriterNameOrdersDb!.Properties).toMatchObject({
    Name: 'orders-db.orders-staging.internal.',
    ResourceRecords: [{ Ref: 'WriterEndpointOrdersDb' }],
  });
  expect(ReaderNameOrdersDb!.Properties).toMatchObject({
    ResourceRecords: [{ 'Fn::GetAtt': ['DatabaseOrdersDb', 'Endpoint.Address'] }],
  });
});

test('a replica names the ARN of its source and a key of its own region; only the primary leaves a snapshot and its key', () => {
  const { DatabaseOrdersDb: replica } = resourcesOf('data', 'eu-west-1');
  expect(replica).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: {
      SourceDBInstanceIdentifier: { Ref: 'SourceArnOrdersDb' },
      KmsKeyId: { 'Fn::GetAtt': ['DatabaseKey', 'Arn'] },
    },
  });
  expect(replica!.Properties).not.toHaveProperty('MasterUserPassword');
  const { DatabaseOrdersDb: primary, DatabaseKey } = resourcesOf('data', 'us-east-1');
  // the snapshot is of no use without the key that it was made with
  expect([primary, DatabaseKey]).toMatchObject([
    { DeletionPolicy: 'Snapshot' },
    { DeletionPolicy: 'RetainExceptOnCreate' },
  ]);
  expect(resourcesOf('data', 'eu-west-1').DatabaseKey).toMatchObject({ DeletionPolicy: 'Delete' });
});

test('three regions under failover routing become a chain, since Route 53 knows one secondary per name', () => {
  const resources = resourcesOf('global', 'us-east-1');
  const records = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Route53::RecordSet');
  expect(records.map(([id, { Properties: p }]) => [id, p.Name, p.Failover])).toEqual([
    ['RecordUsEast1', 'orders.example.com.', 'PRIMARY'],
    ['RecordEuWest1', 'chain-2.orders.example.com.', 'PRIMARY'],
    ['Chain2', 'orders.example.com.', 'SECONDARY'],
    ['RecordApSoutheast1', 'chain-2.orders.example.com.', 'SECONDARY'],
  ]);
  expect(resources.Chain2).toMatchObject({
    DependsOn: ['RecordEuWest1'],
    Properties: { AliasTarget: { DNSName: 'chain-2.orders.example.com.' } },
  });
});

test.each<[Routing, object]>([
  ['latency', { Region: 'eu-west-1' }],
  ['weighted', { Weight: 0 }],
  ['geo', { GeoProximityLocation: { AWSRegion: 'eu-west-1' } }],
])('%s routing gives every region a record with a health check', (routing, policy) => {
  const input = planned(sampleRequest(), topologyOf(['us-east-1', 'eu-west-1'], routing));
  const { RecordEuWest1, HealthCheckEuWest1 } = resourcesOf('global', 'us-east-1', input);
  expect(RecordEuWest1!.Properties).toMatchObject({ ...policy, HealthCheckId: { Ref: 'HealthCheckEuWest1' } });
  expect(HealthCheckEuWest1!.Properties.HealthCheckConfig).toMatchObject({
    ResourcePath: '/health/ready',
    RequestInterval: 10,
  });
});

test('global records live in us-east-1 also when no region of the deployment does', () => {
  const { stacks } = templatesOf(planned(sampleRequest(), topologyOf(['eu-west-1', 'eu-central-1'])));
  expect(stacks.filter(({ ref }) => ref.region === 'us-east-1').map(({ ref }) => ref.kind)).toEqual([
    'preview',
    'global',
  ]);
});

test('without data stores there is neither a data stack nor a peering', () => {
  const request = sampleRequest({ dataStores: [], services: [{ name: 'api', image: 'a' }] });
  const { stacks } = templatesOf(planned(request, threeRegions().topology));
  expect(new Set(stacks.map(({ ref }) => ref.kind))).toEqual(new Set(['base', 'preview', 'global']));
});

test('stores with primaries in each other’s region are refused: their stacks would wait for one another', () => {
  const request = sampleRequest({
    dataStores: ['a1', 'b1'].map((name) => ({ name, engine: 'postgresql' })),
    services: [{ name: 'api', image: 'a' }],
  });
  const input = planned(request, topologyOf(['us-east-1', 'eu-west-1']));
  const [first, second] = input.replication.stores;
  const swapped = { ...second!, primary: 'eu-west-1', replicas: ['us-east-1'] };
  expect(() => templatesOf({ ...input, replication: { ...input.replication, stores: [first!, swapped] } })).toThrow(
    'wait for one another',
  );
});

test('names that look alike without dashes get logical ids of their own', () => {
  const logical = logicalNames(['a-1', 'a1', 'a--1']);
  expect(['a-1', 'a1', 'a--1'].map(logical)).toEqual(['A1', 'A1X2', 'A1X3']);
});

describe('deploy.sh', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'meridian-deploy-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the script with an `aws` that writes down its calls and answers every question for an output with `answer`. */
  function run(args: string[], answer: string): string[] {
    writeFileSync(join(folder, 'deploy.sh'), templatesOf(threeRegions()).documents[0]!.content);
    writeFileSync(
      join(folder, 'aws'),
      [
        '#!/bin/sh',
        `case $2 in describe-stacks) echo "${answer}"; exit ;; esac`,
        `echo "$@" >> ${join(folder, 'calls')}`,
        // region, stack and template file are the fourth, sixth and eighth word
        `mkdir -p ${folder}/used/$4 && cp "$8" ${folder}/used/$4/$6`,
      ].join('\n'),
    );
    chmodSync(join(folder, 'aws'), 0o755);
    execFileSync('bash', [join(folder, 'deploy.sh'), ...args], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
      stdio: 'pipe',
    });
    return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  }

  test('makes all stacks but the production records, in order, with their parameters', () => {
    const calls = run([], 'some-output');
    const made = calls.map((call) =>
      /--region (\S+) --stack-name orders-staging-(\S+)/.exec(call)!.slice(1, 3).join('/'),
    );
    const planned = templatesOf(threeRegions()).stacks.map(({ ref }) => `${ref.region}/${ref.kind}`);
    expect(made).toEqual(planned.filter((stack) => !stack.endsWith('/global')));
    expect(calls.at(-1)).toContain(
      'HostedZoneId=/meridian/orders/staging/hosted-zone-id LoadBalancerDnsUsEast1=some-output',
    );
  });

  test('carries its templates: nothing has to lie beside it, and nothing is left of them', () => {
    const { stacks } = templatesOf(threeRegions());
    run(['--promote'], 'some-output');
    for (const { ref, template } of stacks) {
      const used = readFileSync(join(folder, 'used', ref.region, ref.name), 'utf8');
      expect(JSON.parse(used)).toEqual(JSON.parse(template));
    }
    expect(readdirSync(folder).sort()).toEqual(['aws', 'calls', 'deploy.sh', 'used']);
  });

  test('makes the production records last, on request', () => {
    expect(run(['--promote'], 'some-output').at(-1)).toContain('--stack-name orders-staging-global');
  });

  test('stops where an output is missing', () => {
    expect(() => run([], 'None')).toThrow('no value for PrivateRouteTable1');
    expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toHaveLength(3);
  });
});
