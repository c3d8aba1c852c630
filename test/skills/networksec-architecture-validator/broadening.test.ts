import fc from 'fast-check';
import { broadening } from '../../../skills/networksec-architecture-validator/broadening';
import { plannedDeployments, templatesOf } from '../iac-template-generator/planned-deployments';

const template = (resources: Record<string, unknown>) => JSON.stringify({ Resources: resources });

interface Statement {
  Effect?: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

const role = (...statements: Statement[]) =>
  template({
    TaskRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [
          {
            PolicyName: 'own',
            PolicyDocument: { Statement: statements.map((one) => ({ Effect: 'Allow', ...one })) },
          },
        ],
      },
    },
  });
const bucket = { 'Fn::GetAtt': ['Uploads', 'Arn'] };

const group = (...ingress: Array<Record<string, unknown>>) =>
  template({
    Tasks: { Type: 'AWS::EC2::SecurityGroup', Properties: { VpcId: 'vpc-1', SecurityGroupIngress: ingress } },
  });
const tcp = (from: number, to: number, CidrIp: string) => ({ IpProtocol: 'tcp', FromPort: from, ToPort: to, CidrIp });

describe('permissions', () => {
  const reads = { Action: ['s3:GetObject', 's3:ListBucket'], Resource: bucket };

  test.each<[string, string, string, string[]]>([
    ['one more action', role(reads), role({ ...reads, Action: 's3:*' }), ['TaskRole may s3:* on Uploads']],
    ['any resource', role(reads), role({ ...reads, Resource: '*' }), ['TaskRole may s3:GetObject, s3:ListBucket on *']],
    ['a new statement', role(reads), role(reads, { Action: 'sqs:*', Resource: '*' }), ['TaskRole may sqs:* on *']],
    [
      'a condition that goes',
      role({ ...reads, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      role(reads),
      ['TaskRole may s3:GetObject, s3:ListBucket on Uploads'],
    ],
    [
      'a denial that goes',
      role(reads, { Effect: 'Deny', Action: 's3:DeleteObject', Resource: bucket }),
      role(reads),
      ['TaskRole is no longer denied s3:DeleteObject on Uploads'],
    ],
    ['one action fewer', role(reads), role({ ...reads, Action: 's3:GetObject' }), []],
    ['a wildcard that is spelled out', role({ ...reads, Action: 's3:*' }), role(reads), []],
    [
      'a condition that comes',
      role(reads),
      role({ ...reads, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      [],
    ],
    ['a denial that comes', role(reads), role(reads, { Effect: 'Deny', Action: '*', Resource: '*' }), []],
  ])('%s', (_name, before, after, lines) => {
    expect(broadening(before, after)).toEqual(lines);
  });

  test('a managed policy that is attached is named', () => {
    const withPolicy = (arns: unknown[]) =>
      template({ TaskRole: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: arns } } });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholder
    const arn = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess' };
    expect(broadening(withPolicy([]), withPolicy([arn]))).toEqual([
      expect.stringMatching(/^TaskRole gets the policy .*AdministratorAccess$/),
    ]);
  });
});

describe('openings', () => {
  const inside = tcp(443, 443, '10.0.0.0/16');

  test.each<[string, string, string, string[]]>([
    [
      'everyone',
      group(inside),
      group(tcp(443, 443, '0.0.0.0/0')),
      ['security group Tasks lets in TCP 443 from everyone (0.0.0.0/0)'],
    ],
    [
      'more ports',
      group(inside),
      group(tcp(80, 443, '10.0.0.0/16')),
      ['security group Tasks lets in TCP 80-443 from 10.0.0.0/16'],
    ],
    [
      'everything from another group',
      group(inside),
      group(inside, { IpProtocol: '-1', SourceSecurityGroupId: { 'Fn::GetAtt': ['Web', 'GroupId'] } }),
      ['security group Tasks lets in everything from security group Web'],
    ],
    ['a smaller network', group(tcp(443, 443, '0.0.0.0/0')), group(inside), []],
    ['fewer ports', group(tcp(0, 65_535, '10.0.0.0/8')), group(inside), []],
    ['a rule that goes', group(inside), group(), []],
  ])('%s', (_name, before, after, lines) => {
    expect(broadening(before, after)).toEqual(lines);
  });
});

test('rendered templates: nothing is broader than itself, and what one way narrows is broader the other way', () => {
  fc.assert(
    fc.property(plannedDeployments, (input) => {
      for (const { template: text } of templatesOf(input).stacks) {
        expect(broadening(text, `${text}\n`)).toEqual([]);
        const bare = JSON.parse(text);
        for (const resource of Object.values<{ Type: string; Properties: Record<string, unknown> }>(bare.Resources)) {
          if (resource.Type === 'AWS::EC2::SecurityGroup') resource.Properties.SecurityGroupIngress = [];
        }
        const opens = JSON.stringify(bare) !== JSON.stringify(JSON.parse(text));
        expect(broadening(text, JSON.stringify(bare))).toEqual([]);
        if (opens) expect(broadening(JSON.stringify(bare), text)[0]).toContain('lets in');
      }
    }),
    { numRuns: 5 },
  );
});
