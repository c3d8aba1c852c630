import { awsFailure } from '../../platforms/aws/aws-failure';
import { monthlyCost } from '../../platforms/aws/monthly-cost';
import { changesBetween, plannedChanges } from '../../platforms/aws/planned-changes';
import { STUCK_STATES } from '../../platforms/aws/stuck-states';

const place = { account: 'prod', region: 'eu-west-1', identity: 'role arn:aws:iam::123456789012:role/meridian' };
const failed = (name: string, status?: number, more: object = {}) =>
  Object.assign(new Error('the words of AWS'), {
    name,
    ...(status && { $metadata: { httpStatusCode: status } }),
    ...more,
  });

test.each([
  ['Throttling', 400, 'Platform.Throttled', true],
  ['RequestLimitExceeded', 503, 'Platform.Throttled', true],
  ['InternalFailure', 500, 'Platform.Unavailable', true],
  ['TimeoutError', undefined, 'Platform.Unavailable', true],
  ['ExpiredToken', 403, 'Platform.Refused', false],
  ['CredentialsProviderError', undefined, 'Platform.Refused', false],
  ['AccessDenied', 403, 'Platform.Refused', false],
  ['ValidationError', 400, 'Platform.Refused', false],
])('%s (%p) is %s, to be tried again: %p', (name, status, type, retryable) => {
  expect(awsFailure(failed(name, status), place)).toMatchObject({ type, retryable, region: 'eu-west-1' });
});

test('a refused connection may be tried again; a mistake of the program stays what it is', () => {
  expect(awsFailure(failed('Error', undefined, { code: 'ECONNREFUSED' }), place)).toMatchObject({ retryable: true });
  const mistake = new TypeError('x is not a function');
  expect(awsFailure(mistake, place)).toBe(mistake);
});

test('missing permissions and credentials name who was refused, and what to do', () => {
  expect(awsFailure(failed('AccessDenied', 403), place).message).toMatch(/role\/meridian.*words of AWS.*iam-policy/);
  expect(awsFailure(failed('ExpiredToken', 403), place).message).toMatch(/role\/meridian.*renew the credentials/);
});

test('what is left of a stack has a price where the catalog knows one', () => {
  const template = JSON.stringify({
    Resources: {
      Database: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: { Ref: 'Class' }, MultiAZ: true } },
      Key: { Type: 'AWS::KMS::Key' },
      Network: { Type: 'AWS::EC2::VPC' },
      Bucket: { Type: 'AWS::S3::Bucket' },
    },
  });
  const parameters = [{ ParameterKey: 'Class', ParameterValue: 'db.t4g.micro' }];
  const cost = monthlyCost(template, ['Database', 'Key', 'Network', 'Bucket'], parameters, 'us-east-1');
  expect(cost.usd).toBeCloseTo(0.016 * 2 * 730 + 1, 2);
  expect(cost.unknown).toBe(1);
});

test('a cloud that names no properties is helped out by the templates', () => {
  const table = (name: string) =>
    JSON.stringify({ Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } } } });
  const bare = { Action: 'Modify' as const, LogicalResourceId: 'Table', ResourceType: 'AWS::DynamoDB::Table' };
  const expected = [{ action: 'replace', resource: 'Table', type: 'AWS::DynamoDB::Table', properties: ['TableName'] }];
  const templates = { before: table('a'), after: table('b') };
  expect(plannedChanges([{ ResourceChange: bare }], templates)).toEqual(expected);
  expect(changesBetween(templates.before, templates.after)).toEqual(expected);
});

test('every state that takes no change has a way out', () => {
  // the states in which CloudFormation refuses a change set; the API reference names them
  const stuck = ['ROLLBACK_COMPLETE', 'CREATE_FAILED', 'ROLLBACK_FAILED', 'DELETE_FAILED', 'UPDATE_ROLLBACK_FAILED'];
  expect(Object.keys(STUCK_STATES)).toEqual(expect.arrayContaining([...stuck, 'UPDATE_FAILED']));
});
