import type { Change, ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import { plannedChanges } from '../../platforms/aws/planned-changes';

/** Change sets in the form of the API reference, as CloudFormation answers with `IncludePropertyValues`. */

const modify = (
  id: string,
  type: string,
  Details: ResourceChangeDetail[],
  more: Partial<ResourceChange> = {},
): Change => ({
  Type: 'Resource',
  ResourceChange: {
    Action: 'Modify',
    LogicalResourceId: id,
    PhysicalResourceId: `physical-${id}`,
    ResourceType: type,
    Replacement: 'False',
    Scope: [...new Set(Details.flatMap(({ Target }) => (Target?.Attribute ? [Target.Attribute] : [])))],
    Details,
    ...more,
  },
});

/** What a resource inherits from its stack has no source. */
const inherited: ResourceChangeDetail = {
  Target: { Attribute: 'Tags', RequiresRecreation: 'Never' },
  Evaluation: 'Static',
};
/** The same with property values. */
const generation: ResourceChangeDetail = {
  Target: {
    Attribute: 'Tags',
    RequiresRecreation: 'Never',
    Path: '/Properties/Tags/2/Value',
    BeforeValue: '3',
    AfterValue: '4',
    AttributeChangeType: 'Modify',
  },
  Evaluation: 'Static',
  ChangeSource: 'DirectModification',
};
const property = (Name: string, RequiresRecreation: 'Always' | 'Conditionally' | 'Never', more: object = {}) => ({
  Target: { Attribute: 'Properties' as const, Name, RequiresRecreation, Path: `/Properties/${Name}`, ...more },
});
const getAtt = (CausingEntity: string, target: ReturnType<typeof property>): ResourceChangeDetail => ({
  ...target,
  Evaluation: 'Dynamic',
  ChangeSource: 'ResourceAttribute',
  CausingEntity,
});
const edited = (target: ReturnType<typeof property>): ResourceChangeDetail => ({
  ...target,
  Evaluation: 'Static',
  ChangeSource: 'DirectModification',
});

const key = (...details: ResourceChangeDetail[]) => modify('DatabaseKey', 'AWS::KMS::Key', details);
const kmsKeyId = getAtt(
  'DatabaseKey.Arn',
  property('KmsKeyId', 'Always', { AfterValue: '{{changeSet:KNOWN_AFTER_APPLY}}' }),
);
const database = (...details: ResourceChangeDetail[]) =>
  modify('DatabaseOrders', 'AWS::RDS::DBInstance', [inherited, kmsKeyId, ...details], { Replacement: 'Conditional' });

const lines = (...changes: Change[]) =>
  plannedChanges(changes, { before: '{"Resources":{}}', after: '{"Resources":{}}' });

describe('the tag of a new generation', () => {
  it('is no change of a resource that inherits it, however CloudFormation says so', () => {
    const tag = (value: string) => JSON.stringify({ Key: 'meridian:generation', Value: value });
    const values = { BeforeValue: tag('3'), AfterValue: tag('4') };
    const list = (value: string) => `[{"Key":"Name","Value":"orders"},${tag(value)}]`;
    for (const detail of [
      inherited,
      generation,
      { ...inherited, ChangeSource: 'DirectModification' as const },
      edited(property('Tags', 'Never')),
      edited(property('HealthCheckTags', 'Never', { Path: '/Properties/HealthCheckTags/1/Value' })),
      edited(property('Replicas', 'Never', { Path: '/Properties/Replicas/0/Tags/1/Value' })),
      edited(property('Labels', 'Never', { Path: '/Properties/Labels/2', ...values })),
      edited(property('Labels', 'Never', { BeforeValue: list('3'), AfterValue: list('4') })),
      edited(
        property('Labels', 'Never', {
          BeforeValue: '{"meridian:generation":"3"}',
          AfterValue: '{"meridian:generation":"4"}',
        }),
      ),
    ]) {
      expect(lines(modify('Topic', 'AWS::SNS::Topic', [detail]))).toEqual([]);
    }
  });

  it('is seen in the contexts where there are no details', () => {
    const context = (value: string, name = 'orders') =>
      JSON.stringify({ Properties: { TopicName: name, Tags: [{ Key: 'meridian:generation', Value: value }] } });
    const topic = (after: string) =>
      modify('Topic', 'AWS::SNS::Topic', [], { BeforeContext: context('3'), AfterContext: after });
    expect(lines(topic(context('4')))).toEqual([]);
    expect(lines(topic(context('4', 'other')))).toHaveLength(1);
    expect(lines(topic('{"Properties":{"TopicName":"ord'))).toHaveLength(1);
  });

  it('replaces nothing that reads an attribute of what it marks, through any number of steps', () => {
    const role = modify('TaskRole', 'AWS::IAM::Role', [
      getAtt('DatabaseOrders.DBInstanceArn', property('Policies', 'Never')),
    ]);
    expect(lines(role, database(), key(inherited))).toEqual([]);
    const ref = { ...kmsKeyId, ChangeSource: 'ResourceReference' as const, CausingEntity: 'DatabaseKey' };
    expect(lines(key(inherited), modify('Alias', 'AWS::KMS::Alias', [ref], { Replacement: 'Conditional' }))).toEqual(
      [],
    );
  });
});

describe('a real change beside the tag', () => {
  it('is the line, and the reference that stays makes no replacement of it', () => {
    expect(lines(key(inherited), database(edited(property('AllocatedStorage', 'Never'))))).toEqual([
      { action: 'change', resource: 'DatabaseOrders', type: 'AWS::RDS::DBInstance', properties: ['AllocatedStorage'] },
    ]);
  });

  it('is a possible replacement where the change itself may demand one', () => {
    expect(lines(key(inherited), database(edited(property('Engine', 'Conditionally'))))).toMatchObject([
      { action: 'replace', possible: true, properties: ['Engine'] },
    ]);
  });

  it('of what is referred to counts for whatever refers to it', () => {
    expect(lines(key(inherited, edited(property('KeyPolicy', 'Never'))), database())).toEqual([
      { action: 'change', resource: 'DatabaseKey', type: 'AWS::KMS::Key', properties: ['KeyPolicy'] },
      {
        action: 'replace',
        resource: 'DatabaseOrders',
        type: 'AWS::RDS::DBInstance',
        properties: ['KmsKeyId'],
        possible: true,
      },
    ]);
  });

  it('that replaces what is referred to replaces what refers to it', () => {
    const always = edited(property('KeySpec', 'Always'));
    const replaced = modify('DatabaseKey', 'AWS::KMS::Key', [inherited, always], { Replacement: 'True' });
    const follows: ResourceChangeDetail = { ...kmsKeyId, Evaluation: 'Static' };
    const direct: ResourceChangeDetail = { ...edited(property('KmsKeyId', 'Always')), Evaluation: 'Dynamic' };
    const real = modify('DatabaseOrders', 'AWS::RDS::DBInstance', [inherited, direct, follows], {
      Replacement: 'True',
    });
    expect(lines(replaced, real).map(({ action, possible }) => [action, possible])).toEqual([
      ['replace', undefined],
      ['replace', undefined],
    ]);
  });

  it('of the template that points to another resource stays, although that one only gets tags', () => {
    const direct: ResourceChangeDetail = { ...edited(property('KmsKeyId', 'Always')), Evaluation: 'Dynamic' };
    expect(lines(key(inherited), database(direct))).toMatchObject([
      { action: 'replace', resource: 'DatabaseOrders', possible: true, properties: ['KmsKeyId'] },
    ]);
  });

  it('by a parameter is a change', () => {
    const parameter: ResourceChangeDetail = {
      ...property('DBInstanceClass', 'Never'),
      Evaluation: 'Static',
      ChangeSource: 'ParameterReference',
      CausingEntity: 'DatabaseClass',
    };
    expect(lines(key(inherited), database(parameter))).toMatchObject([
      { action: 'change', properties: ['DBInstanceClass'] },
    ]);
  });

  it('in a password is one although its values are masked', () => {
    const masked = { BeforeValue: '****', AfterValue: '****' };
    expect(lines(database(edited(property('MasterUserPassword', 'Never', masked))), key(inherited))).toHaveLength(1);
  });
});

test('a tag whose change replaces the resource is a replacement', () => {
  const tags = edited(property('Tags', 'Always'));
  expect(lines(modify('Domain', 'AWS::SageMaker::Domain', [tags], { Replacement: 'True' }))).toMatchObject([
    { action: 'replace', resource: 'Domain' },
  ]);
});
