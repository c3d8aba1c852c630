import fc from 'fast-check';
import type { DeploymentRequest } from '../../../contracts/request';
import { rolloutSchema } from '../../../contracts/rollout';
import type { StackArtifact } from '../../../contracts/stack';
import type { Topology } from '../../../contracts/topology';
import { designRollout, inversePlan, irreversibleItems } from '../../../skills/deployment-strategy-designer/skill';
import { advise } from '../../../skills/multicloud-strategy-advisor/skill';
import { sampleRequest } from '../../policies/sample-request';

const stateless = { services: [{ name: 'api', image: 'x:1' }], dataStores: [] };

/** Regions with the given percent of users each; the first one is the primary. */
function topologyOf(users: Record<string, number>, request: DeploymentRequest): Topology {
  const regions = Object.keys(users);
  const [primary = ''] = regions;
  const base = advise({ ...request, regions: { ...request.regions, wanted: regions } }).candidates[0]!;
  return {
    ...base,
    primary,
    diagram: '',
    regions: regions.map((region, index) => ({
      ...base.regions[0]!,
      region,
      role: index === 0 ? 'primary' : 'standby',
      usersPercent: users[region] ?? 0,
    })),
  };
}

function rollout(users: Record<string, number>, changes: Record<string, unknown> = {}) {
  const request = sampleRequest({ rollout: { bakeSeconds: 30 }, ...changes });
  return designRollout({ request, topology: topologyOf(users, request) });
}

const three = { 'us-east-1': 45, 'eu-west-1': 30, 'ap-southeast-1': 25 };

describe('the canary', () => {
  test('is the region with the fewest users that is not the primary', () => {
    expect(rollout(three).canary).toBe('ap-southeast-1');
    expect(rollout({ 'us-east-1': 5, 'eu-west-1': 60, 'ap-southeast-1': 35 }).canary).toBe('ap-southeast-1');
  });

  test('is the one that the request names, if the topology has it', () => {
    expect(rollout(three, { rollout: { canary: 'eu-west-1' } })).toMatchObject({
      canary: 'eu-west-1',
      reason: expect.stringContaining('as the request asks'),
    });
    expect(rollout(three, { rollout: { canary: 'sa-east-1' } }).canary).toBe('ap-southeast-1');
  });

  test('bakes before the next wave, alone', () => {
    expect(rollout(three).waves[0]).toEqual({
      regions: ['ap-southeast-1'],
      concurrency: 1,
      bakeSeconds: 30,
      approvalBefore: false,
    });
  });

  test('is the only region when there is only one', () => {
    expect(rollout({ 'us-east-1': 100 })).toMatchObject({ canary: 'us-east-1', waves: [{ regions: ['us-east-1'] }] });
  });
});

describe('after the canary', () => {
  test('a stateless application goes everywhere at once', () => {
    const { waves, migration } = rollout(three, stateless);
    expect(waves.slice(1)).toEqual([
      { regions: ['eu-west-1', 'us-east-1'], concurrency: 2, bakeSeconds: 0, approvalBefore: false },
    ]);
    expect(migration).toEqual([]);
  });

  test('a stateful one goes region by region, the primary last, with migration hooks for each store', () => {
    const { waves, migration } = rollout(three);
    expect(waves.map(({ regions }) => regions)).toEqual([['ap-southeast-1'], ['eu-west-1'], ['us-east-1']]);
    expect(migration.map((hook) => hook.split(' ')[0])).toEqual(['expand', 'migrate', 'contract']);
  });

  test('critical production asks a person before every further region, stateless or not', () => {
    const { waves } = rollout(three, { ...stateless, environment: 'production', criticality: 'critical' });
    expect(waves.map(({ approvalBefore }) => approvalBefore)).toEqual([false, true, true]);
    expect(rollout(three, { ...stateless, environment: 'production' }).waves).toHaveLength(2);
    expect(rollout(three, { environment: 'staging', criticality: 'critical' }).waves[1]?.approvalBefore).toBe(false);
  });

  test('so does a request that wants an approval for every region', () => {
    const { waves } = rollout(three, { rollout: { approval: 'every-region' } });
    expect(waves.slice(1).every(({ approvalBefore }) => approvalBefore)).toBe(true);
  });
});

test('for any topology, every region is in exactly one wave and the same rollout comes every time', () => {
  const ids = ['us-east-1', 'eu-west-1', 'ap-southeast-1', 'sa-east-1', 'eu-central-1'];
  const users = fc.dictionary(fc.constantFrom(...ids), fc.integer({ min: 0, max: 100 }), {
    minKeys: 1,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(
      users,
      fc.constantFrom({}, stateless, { rollout: { approval: 'every-region' } }),
      (regions, changes) => {
        const designed = rollout(regions, changes);
        expect(designed).toEqual(rollout(regions, changes));
        expect(rolloutSchema.parse(designed)).toEqual(designed);
        expect(designed.waves.flatMap((wave) => wave.regions).sort()).toEqual(Object.keys(regions).sort());
        expect(designed.waves[0]?.regions).toEqual([designed.canary]);
      },
    ),
    { numRuns: 30 },
  );
});

describe('the way back', () => {
  const artifact = (kind: StackArtifact['ref']['kind']): StackArtifact => ({
    ref: { account: 'default', region: 'eu-west-1', kind, name: `orders-staging-${kind}` },
    template: { uri: 'x', sha256: '0'.repeat(64), bytes: 1 },
    parameters: {},
    resources: 1,
    resourceTypes: {},
    digest: '0'.repeat(64),
  });

  test('undoes the last stack first: new ones are deleted, and only if they are ours, old ones are restored', () => {
    expect(inversePlan([artifact('base'), artifact('data')], ['present', 'absent'], [])).toEqual([
      "delete eu-west-1/data (orders-staging-data) if it carries this generation's tag: it did not exist before",
      'return eu-west-1/base (orders-staging-base) to its previous template and parameters: it existed before',
    ]);
  });

  test('names what no way back can bring back', () => {
    const { ref } = artifact('data');
    const items = (action: 'create' | 'replace' | 'delete' | 'change', type: string) =>
      irreversibleItems({
        changes: [{ ref, before: 'present', changes: [{ action, resource: 'OrdersDatabase', type }] }],
        removals: [],
        leavingCopies: [],
      });
    expect(items('replace', 'AWS::RDS::DBInstance')).toEqual([
      expect.stringContaining('replace OrdersDatabase (AWS::RDS::DBInstance) in eu-west-1'),
    ]);
    expect(items('delete', 'AWS::KMS::Key')).toHaveLength(1);
    expect(items('delete', 'AWS::S3::Bucket')).toEqual([expect.stringMatching(/ stays .* its cost$/)]);
    expect(items('create', 'AWS::RDS::DBInstance')).toEqual([expect.stringContaining('deletes what was written')]);
    expect(items('change', 'AWS::RDS::DBInstance')).toEqual([]);
    expect(items('delete', 'AWS::EC2::Subnet')).toEqual([]);
  });

  test('a region that leaves takes its data and network with it, and undoing does not bring it back', () => {
    const base = { ...artifact('base'), resourceTypes: { 'AWS::S3::Bucket': 1, 'AWS::KMS::Key': 1 } };
    const stacks = [{ ...artifact('data'), resourceTypes: { 'AWS::RDS::DBInstance': 2 } }, base];
    const removals = [{ region: 'eu-west-1', stacks }];
    expect(irreversibleItems({ changes: [], removals, leavingCopies: ['the bucket stays'] })).toEqual([
      'the bucket stays',
      'remove eu-west-1: the data it holds is gone (2 × AWS::RDS::DBInstance)',
      expect.stringContaining('remove eu-west-1: its network'),
    ]);
    expect(inversePlan([], [], removals)).toEqual([
      expect.stringContaining('eu-west-1 is not brought back by undoing'),
    ]);
  });
});
