import fc from 'fast-check';
import type { StackKind } from '../../../contracts/stack';
import { buildRegionSpecs } from '../../../skills/iac-template-generator/skill';
import type { ValidateSecurityInput } from '../../../skills/networksec-architecture-validator/schema';
import { validateSecurity } from '../../../skills/networksec-architecture-validator/skill';
import { plannedDeployments, templatesOf, threeRegions } from '../iac-template-generator/planned-deployments';

function example(): ValidateSecurityInput {
  const input = threeRegions();
  return {
    specs: buildRegionSpecs(input),
    stacks: templatesOf(input).stacks,
    residency: { jurisdictions: [], personalStores: ['orders-db'] },
  };
}

type Properties = Record<string, unknown>;

/** The example with one resource of us-east-1 changed, as a careless renderer would. */
function withChange(
  kind: StackKind,
  logicalId: string,
  change: (properties: Properties) => void,
): ValidateSecurityInput {
  const input = example();
  const stacks = input.stacks.map((stack) => {
    if (stack.ref.region !== 'us-east-1' || stack.ref.kind !== kind) return stack;
    const template: { Resources: Record<string, { Properties: Properties }> } = JSON.parse(stack.template);
    change(template.Resources[logicalId]!.Properties);
    return { ...stack, template: JSON.stringify(template) };
  });
  return { ...input, stacks };
}

test('no rendered deployment has a finding', () => {
  fc.assert(
    fc.property(plannedDeployments, (input) => {
      const findings = validateSecurity({
        specs: buildRegionSpecs(input),
        stacks: templatesOf(input).stacks,
        residency: { jurisdictions: [], personalStores: [] },
      });
      expect(findings).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

const sshFromTheWorld = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };

test.each<[string, StackKind, string, (properties: Properties) => void]>([
  ['open-ingress', 'base', 'LoadBalancerSecurityGroup', (p) => (p.SecurityGroupIngress = [sshFromTheWorld])],
  [
    'open-ingress',
    'base',
    'LoadBalancerSecurityGroup',
    (p) => (p.SecurityGroupIngress = [{ ...sshFromTheWorld, FromPort: 80, ToPort: 443 }]),
  ],
  [
    'open-ingress',
    'base',
    'TasksSecurityGroup',
    (p) => (p.SecurityGroupIngress = [{ ...sshFromTheWorld, FromPort: 443, ToPort: 443 }]),
  ],
  [
    'open-ingress',
    'data',
    'DatabaseSecurityGroup',
    (p) => (p.SecurityGroupIngress = [{ IpProtocol: '-1', CidrIpv6: '::/0' }]),
  ],
  ['private-databases', 'data', 'DatabaseOrdersDb', (p) => (p.PubliclyAccessible = true)],
  ['private-databases', 'data', 'DatabaseOrdersDb', (p) => delete p.PubliclyAccessible],
  ['encryption-at-rest', 'data', 'DatabaseOrdersDb', (p) => (p.StorageEncrypted = false)],
  ['encryption-at-rest', 'base', 'LogGroupApi', (p) => delete p.KmsKeyId],
  ['encryption-at-rest', 'base', 'AlarmTopic', (p) => delete p.KmsMasterKeyId],
  ['encryption-in-transit', 'base', 'HttpsListener', (p) => (p.SslPolicy = 'ELBSecurityPolicy-2016-08')],
  [
    'encryption-in-transit',
    'base',
    'HttpListener',
    (p) => (p.DefaultActions = [{ Type: 'forward', TargetGroupArn: { Ref: 'TargetGroupApi' } }]),
  ],
  ['inline-secrets', 'data', 'DatabaseOrdersDb', (p) => (p.MasterUserPassword = 'hunter2')],
  [
    'inline-secrets',
    'base',
    'TaskDefinitionApi',
    (p) => (p.ContainerDefinitions = [{ Environment: [{ Name: 'STRIPE_API_KEY', Value: 'sk' }] }]),
  ],
  [
    'inline-secrets',
    'base',
    'TaskDefinitionApi',
    (p) => (p.ContainerDefinitions = [{ Environment: [{ Name: 'UPSTREAM', Value: 'https://me:secret@example.com' }] }]),
  ],
  ['least-privilege', 'base', 'ExecutionRoleApi', (p) => (p.Policies = [policy('s3:*', 'arn:aws:s3:::bucket')])],
  ['least-privilege', 'base', 'ExecutionRoleApi', (p) => (p.Policies = [policy('s3:GetObject', '*')])],
  [
    'least-privilege',
    'base',
    'TaskRoleApi',
    (p) =>
      (p.AssumeRolePolicyDocument = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] }),
  ],
])('%s: a change of %s/%s is found', (rule, kind, logicalId, change) => {
  const findings = validateSecurity(withChange(kind, logicalId, change));
  expect(findings).toEqual([expect.objectContaining({ rule, where: `us-east-1/${kind}/${logicalId}` })]);
});

function policy(action: string, resource: string): object {
  return { PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] } };
}

test('a value that looks like a secret is not repeated in the finding', () => {
  const findings = validateSecurity(withChange('data', 'DatabaseOrdersDb', (p) => (p.MasterUserPassword = 'hunter2')));
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('a load balancer without TLS is found', () => {
  const input = withChange('base', 'HttpsListener', (p) => (p.Protocol = 'HTTP'));
  expect(validateSecurity(input).map(({ where }) => where)).toContain('us-east-1/base/LoadBalancer');
});

test('a database that accepts unencrypted connections is found by its parameters', () => {
  const input = withChange('data', 'ParametersOrdersDb', (p) => (p.Parameters = { 'rds.force_ssl': '0' }));
  expect(validateSecurity(input).map(({ where }) => where)).toEqual(['us-east-1/data/DatabaseOrdersDb']);
});

test('an unencrypted replica is found by its missing key', () => {
  const input = example();
  const stacks = input.stacks.map((stack) => ({
    ...stack,
    template: stack.template.replaceAll('"KmsKeyId"', '"Other"'),
  }));
  const found = validateSecurity({ ...input, stacks }).filter(({ severity }) => severity === 'high');
  expect(found.map(({ where }) => where).sort()).toEqual(
    ['ap-southeast-1', 'eu-west-1'].map((region) => `${region}/data/DatabaseOrdersDb`),
  );
});

test('networks that overlap are found, each pair once', () => {
  const input = example();
  const [first, second] = input.specs;
  second!.network.cidr = '10.0.128.0/17';
  expect(first!.network.cidr).toBe('10.0.0.0/16');
  expect(validateSecurity(input)).toEqual([
    expect.objectContaining({ rule: 'network-overlap', severity: 'high', where: 'eu-west-1/base/Vpc' }),
  ]);
});

test('personal data outside its jurisdiction is found, copies included', () => {
  const input = example();
  const inEurope = { jurisdictions: ['eu'], personalStores: ['orders-db'] };
  expect(validateSecurity({ ...input, residency: inEurope }).map(({ where }) => where)).toEqual([
    'us-east-1/data/orders-db',
    'ap-southeast-1/data/orders-db',
  ]);
  expect(validateSecurity({ ...input, residency: { ...inEurope, personalStores: [] } })).toEqual([]);
});
