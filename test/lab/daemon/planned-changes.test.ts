import { plannedChanges } from '../../../lab/daemon/planned-changes';

const template = (resources: Record<string, unknown>) => JSON.stringify({ Resources: resources });
const vpc = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } };
const route = { Type: 'AWS::EC2::Route', Properties: { VpcId: { Ref: 'Vpc' } } };

test('everything of an absent stack is created, in the order of the template', () => {
  expect(plannedChanges(undefined, { template: template({ Vpc: vpc, Route: route }), parameters: {} })).toEqual([
    { action: 'create', resource: 'Vpc', type: 'AWS::EC2::VPC' },
    { action: 'create', resource: 'Route', type: 'AWS::EC2::Route' },
  ]);
});

test('an equal template with equal parameters changes nothing', () => {
  const applied = { template: template({ Vpc: vpc }), parameters: { A: '1' } };
  expect(plannedChanges(applied, { ...applied })).toEqual([]);
});

test('changed, replaced, created and deleted resources are told apart', () => {
  const before = { template: template({ Vpc: vpc, Route: route, Gone: vpc }), parameters: {} };
  const after = template({ Vpc: { ...vpc, Properties: { CidrBlock: '10.1.0.0/16' } }, Route: vpc, New: route });
  expect(plannedChanges(before, { template: after, parameters: {} })).toEqual([
    { action: 'change', resource: 'Vpc', type: 'AWS::EC2::VPC', properties: ['CidrBlock'] },
    { action: 'replace', resource: 'Route', type: 'AWS::EC2::VPC' },
    { action: 'create', resource: 'New', type: 'AWS::EC2::Route' },
    { action: 'delete', resource: 'Gone', type: 'AWS::EC2::VPC' },
  ]);
});

test.each([
  ['a reference', { Ref: 'Cidr' }],
  ['a substitution', { 'Fn::Sub': `${'$'}{Cidr}` }],
])('a changed parameter changes the resources that use it by %s', (_how, CidrBlock) => {
  const text = template({ Vpc: { ...vpc, Properties: { CidrBlock } }, Other: route });
  const before = { template: text, parameters: { Cidr: '10.0.0.0/16' } };
  expect(plannedChanges(before, { template: text, parameters: { Cidr: '10.9.0.0/16' } })).toEqual([
    { action: 'change', resource: 'Vpc', type: 'AWS::EC2::VPC', properties: ['CidrBlock'] },
  ]);
});
