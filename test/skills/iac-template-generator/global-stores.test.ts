import { integratePlatform } from '../../../skills/cloud-platform-integrator/skill';
import type { BuildRegionSpecsInput } from '../../../skills/iac-template-generator/schema';
import { buildRegionSpecs, buildTraffic, leavingCopies } from '../../../skills/iac-template-generator/skill';
import { validateSecurity } from '../../../skills/networksec-architecture-validator/skill';
import { planned, sampleRequest, templatesOf, topologyOf } from './planned-deployments';

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-1'];
const RESIDENCY = { jurisdictions: [], personalStores: [] };

const STORES = [
  { name: 'carts', engine: 'dynamodb' },
  { name: 'uploads', engine: 's3' },
];

function input(
  regions = REGIONS,
  live?: BuildRegionSpecsInput['live'],
  { environment = 'production', dataStores = STORES } = {},
): BuildRegionSpecsInput {
  const request = sampleRequest({
    environment,
    dataStores,
    services: [
      { name: 'api', image: 'a', uses: ['carts', 'uploads'] },
      { name: 'mail', image: 'a', public: false },
    ],
  });
  return { ...planned(request, topologyOf(regions)), live };
}

// biome-ignore lint/suspicious/noExplicitAny: templates are looked into wherever a test needs to
type Template = any;

function template(region: string, kind: string, from = input()): Template {
  const stack = templatesOf(from).stacks.find(({ ref }) => ref.region === region && ref.kind === kind);
  return stack && JSON.parse(stack.template);
}

const liveOf = (from: BuildRegionSpecsInput) => ({ specs: buildRegionSpecs(from), firstRegion: 'us-east-1' });

test('a table is made once, with a protected, encrypted, recoverable copy in every region and an alarm on each way', () => {
  const { Resources, Parameters } = template('us-east-1', 'data');
  const { TableName, Replicas } = Resources.TableCarts.Properties;
  expect(TableName).toBe('orders.production.carts');
  expect(Replicas.map(({ Region }: { Region: string }) => Region)).toEqual(REGIONS);
  expect(Replicas[1]).toMatchObject({
    DeletionProtectionEnabled: { Ref: 'DeletionProtection' },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { KMSMasterKeyId: { 'Fn::Sub': expect.stringContaining(':kms:eu-west-1:') } },
  });
  expect(Parameters.DeletionProtection.Default).toBe('true');
  expect(Resources.LagAlarmCartsEuWest1.Properties).toMatchObject({
    MetricName: 'ReplicationLatency',
    Threshold: 5_000,
  });
  expect(Object.values<Template>(Resources).map(({ Type }) => Type)).not.toContain('AWS::RDS::DBSubnetGroup');
  expect(template('eu-west-1', 'data')).toBeUndefined();
});

test('buckets stand in every region before the one that sends to them; each refuses requests without TLS', () => {
  const home = template('us-east-1', 'data').Resources;
  const rules = home.BucketUploads.Properties.ReplicationConfiguration.Rules;
  const copy = template('eu-west-1', 'base').Resources.BucketUploads;
  expect(rules[0].Destination.Bucket['Fn::Sub']).toBe(
    `arn:\${AWS::Partition}:s3:::${copy.Properties.BucketName['Fn::Sub']}`,
  );
  expect(rules.map(({ Id }: { Id: string }) => Id)).toEqual(['to-eu-west-1', 'to-ap-southeast-1']);
  expect(copy.Properties).not.toHaveProperty('ReplicationConfiguration');
  expect(home.LagAlarmUploadsEuWest1.Properties.Threshold).toBe(5);
  const stacks = templatesOf(input()).stacks;
  expect(validateSecurity({ specs: buildRegionSpecs(input()), stacks, residency: RESIDENCY })).toEqual([]);
  const open = stacks.map((stack) => ({ ...stack, template: stack.template.replaceAll('aws:SecureTransport', 'x') }));
  const found = validateSecurity({ specs: [], stacks: open, residency: RESIDENCY });
  expect(found.map(({ where }) => where)).toEqual([
    'eu-west-1/base/BucketUploads',
    'ap-southeast-1/base/BucketUploads',
    'us-east-1/data/BucketUploads',
  ]);
});

test('a bucket stays when its stack goes, with its policy and key; undoing a stack that was never made takes them along', () => {
  const base = template('eu-west-1', 'base').Resources;
  const home = template('us-east-1', 'data').Resources;
  for (const resource of [base.BucketUploads, base.BucketPolicyUploads, base.StoreKey, home.BucketUploads]) {
    expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  }
});

test('only the service that uses a store is told of it and may use it, and nothing else', () => {
  const { Resources } = template('eu-west-1', 'base');
  const variables = (name: string) =>
    Resources[name].Properties.ContainerDefinitions[0].Environment.map(({ Name }: { Name: string }) => Name);
  expect(variables('TaskDefinitionApi')).toEqual([
    'CARTS_TABLE',
    'MERIDIAN_REGION',
    'PORT',
    'UPLOADS_BUCKET',
    'UPLOADS_BUCKET_REGION',
    'UPLOADS_READ_BUCKET',
  ]);
  expect(Resources.TaskDefinitionApi.Properties.ContainerDefinitions[0].Secrets).toEqual([]);
  expect(Resources.TaskRoleMail.Properties).not.toHaveProperty('Policies');
  const statements: Template[] = Resources.TaskRoleApi.Properties.Policies[0].PolicyDocument.Statement;
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.endsWith('*'))).toEqual([]);
  expect(statements[0].Resource[0]['Fn::Sub']).toMatch(/table\/orders\.production\.carts$/);
  const [wiring] = integratePlatform({
    specs: buildRegionSpecs(input()),
    traffic: buildTraffic(input().request, input().topology),
  }).regions;
  expect(wiring!.services[0]!.variables).toEqual(variables('TaskDefinitionApi'));
  expect(wiring!.stores).toMatchObject([
    { store: 'carts', role: 'home', writes: 'orders.production.carts' },
    { store: 'uploads', role: 'home' },
  ]);
});

test('after a change of the primary the home stays, and the new writer sends to the buckets that stand', () => {
  const moved = input(['eu-west-1', 'us-east-1', 'ap-southeast-1'], liveOf(input()));
  expect(template('us-east-1', 'data', moved).Resources.TableCarts).toEqual({
    ...template('us-east-1', 'data').Resources.TableCarts,
    Properties: expect.objectContaining({ TableName: 'orders.production.carts' }),
  });
  const { BucketUploads } = template('eu-west-1', 'base', moved).Resources;
  const rules: Template[] = BucketUploads.Properties.ReplicationConfiguration.Rules;
  expect(rules.map(({ Id }) => Id)).toEqual(['to-us-east-1', 'to-ap-southeast-1']);
});

test.each([
  ['production', ['eu-west-1', 'ap-southeast-1'], 'without us-east-1, whose stack holds it'],
  ['production', [...REGIONS, 'us-west-2', 'eu-north-1'], 'a change of us-west-2, eu-north-1 at once'],
  ['staging', ['us-east-1'], 'a change of eu-west-1, ap-southeast-1 at once'],
  [
    'production',
    ['us-east-1', 'eu-west-1'],
    'dataStores.carts: regions us-east-1, eu-west-1, without ap-southeast-1, whose copy is protected from deletion',
  ],
])('in %s a change to %j is refused: %s', (environment, regions, reason) => {
  expect(() =>
    buildRegionSpecs(input(regions, liveOf(input(REGIONS, undefined, { environment })), { environment })),
  ).toThrow(reason);
});

test.each([[[]], [[STORES[1]!]], [[{ name: 'carts', engine: 's3' }, STORES[1]!]]])(
  'a change to the stores %j is refused: the table would be gone everywhere, also when its home leaves',
  (dataStores) => {
    const live = liveOf(input(REGIONS, undefined, { environment: 'staging' }));
    const without = input(['eu-west-1', 'ap-southeast-1'], live, { environment: 'staging', dataStores });
    expect(() => buildRegionSpecs(without)).toThrow('dataStores: no dynamodb store carts, which is live in us-east-1,');
  },
);

test('outside production a region may leave: what becomes of its copies is said, by the names that the cloud knows', () => {
  const environment = 'staging';
  const live = liveOf(input(REGIONS, undefined, { environment }));
  const smaller = input(['us-east-1', 'eu-west-1'], live, { environment });
  const said = leavingCopies(live.specs, buildRegionSpecs(smaller));
  const bucket: string = template('ap-southeast-1', 'base', input(REGIONS, undefined, { environment })).Resources
    .BucketUploads.Properties.BucketName['Fn::Sub'];
  expect(said).toEqual([
    expect.stringMatching(/^the copy of orders\.staging\.carts in ap-southeast-1 is deleted .* us-east-1 changes/),
    expect.stringContaining(`stays, with its data and its cost, as ${bucket.replace(/\$\{[^}]+\}/, '<account id>')}:`),
  ]);
  const { TableCarts, BucketUploads, ReplicationRoleUploads } = template('us-east-1', 'data', smaller).Resources;
  expect(TableCarts.Properties.Replicas.map(({ Region }: Template) => Region)).toEqual(['us-east-1', 'eu-west-1']);
  expect(BucketUploads.Properties.ReplicationConfiguration.Rules).toHaveLength(1);
  expect(JSON.stringify(ReplicationRoleUploads)).not.toContain('ap-southeast-1');
  expect(leavingCopies(live.specs, live.specs)).toEqual([]);
});
