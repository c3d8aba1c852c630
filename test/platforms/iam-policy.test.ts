import { join } from 'node:path';
import fc from 'fast-check';
import { policyInput } from '../../clients/cli/commands/iam-policy';
import { runCli } from '../../clients/cli/run-cli';
import { policyStatements } from '../../platforms/aws/iam/build-policy';
import { MOST_CHARACTERS, policyDocuments, sizeOf } from '../../platforms/aws/iam/policy-documents';
import { UNSCOPED } from '../../platforms/aws/iam/policy-scope';
import { actionsOf, RESOURCE_ACTIONS } from '../../platforms/aws/iam/resource-actions';
import {
  exampleDeployment,
  plannedDeployments,
  sampleRequest,
  templatesOf,
} from '../skills/iac-template-generator/planned-deployments';
import { callsOfTheAdapter } from './aws-calls';

const REPOSITORY = join(__dirname, '../..');
const READ = /:(Describe|Get|List)/;

/** Every statement of the policy of some resource types. */
const statementsFor = (resourceTypes: string[], accountNumber = '123456789012') =>
  policyStatements({
    application: 'orders',
    environment: 'staging',
    hostname: 'orders.example.com',
    regions: ['us-east-1', 'eu-west-1'],
    resourceTypes,
    passedTo: ['ecs-tasks.amazonaws.com', 's3.amazonaws.com'],
    buckets: ['media-0123456789-123456789012-eu-west-1'],
    accountNumber,
  });

test('every resource type that the renderers emit is covered, with all its actions', () => {
  fc.assert(
    fc.property(plannedDeployments, (input) => {
      const { stacks } = templatesOf(input);
      const types = [
        ...new Set(
          stacks.flatMap(({ template }) =>
            Object.values<{ Type: string }>(JSON.parse(template).Resources).map(({ Type }) => Type),
          ),
        ),
      ];
      const allowed = new Set(statementsFor(types).flatMap(({ Action }) => Action));
      for (const type of types)
        for (const action of actionsOf(RESOURCE_ACTIONS[type] ?? ['missing: row'])) expect(allowed).toContain(action);
    }),
    { numRuns: 25 },
  );
});

test('a type without a row is refused by name', () => {
  expect(() => statementsFor(['AWS::Lambda::Function'])).toThrow('AWS::Lambda::Function has no actions');
});

describe('the policy of everything', () => {
  const statements = statementsFor(Object.keys(RESOURCE_ACTIONS));
  const writes = statements.filter(({ Action }) => Action.some((action) => !READ.test(action)));

  test('names every action in full', () => {
    for (const { Action } of statements)
      for (const action of Action) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
  });

  test('writes on everything only through CloudFormation, and only where a reason is listed', () => {
    const anywhere = writes.filter(({ Resource }) => Resource.includes('*'));
    expect(anywhere.length).toBeGreaterThan(0);
    for (const { Action, Condition, Sid } of anywhere) {
      expect({ Sid, Condition }).toMatchObject({
        Condition: { 'ForAnyValue:StringEquals': { 'aws:CalledVia': ['cloudformation.amazonaws.com'] } },
      });
      for (const action of Action) expect(UNSCOPED[action] ?? UNSCOPED[action.split(':')[0] ?? '']).toBeTruthy();
    }
  });

  test('hands on only roles of the stacks, to services that run as them', () => {
    expect(writes.find(({ Action }) => Action.includes('iam:PassRole'))).toMatchObject({
      Action: ['iam:PassRole'],
      Resource: ['arn:aws:iam::123456789012:role/orders-staging-*'],
      Condition: { StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 's3.amazonaws.com'] } },
    });
  });

  test('reads no secret but those of the deployment, and writes no record but its names', () => {
    expect(statements.find(({ Action }) => Action.includes('secretsmanager:GetSecretValue'))?.Resource).toEqual([
      'arn:aws:secretsmanager:*:123456789012:secret:meridian/orders/staging/*',
    ]);
    const records = statements.filter(({ Action }) => Action.includes('route53:ChangeResourceRecordSets'));
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records[0]?.Condition)).toContain('*.preview-orders.example.com');
  });

  test('fits into managed policies', () => {
    const documents = policyDocuments(statements);
    expect(documents.flatMap(({ Statement }) => Statement)).toEqual(statements);
    for (const document of documents) expect(sizeOf(document)).toBeLessThanOrEqual(MOST_CHARACTERS);
    // ten managed policies can be attached to a role
    expect(documents.length).toBeLessThanOrEqual(10);
  });

  test('allows every call that the adapter makes', () => {
    const allowed = new Set(statements.flatMap(({ Action }) => Action));
    const made = callsOfTheAdapter();
    expect(made.length).toBeGreaterThan(40);
    for (const action of made) expect(allowed).toContain(action);
  });
});

test('services only need no permission on databases or buckets', () => {
  const request = sampleRequest({ platform: 'aws', dataStores: [], services: [{ name: 'api', image: 'a/b:1' }] });
  const actions = policyStatements(policyInput(request)).flatMap(({ Action }) => Action);
  const databases = actions.filter((action) => /^(rds|dynamodb|secretsmanager):/.test(action) && !READ.test(action));
  expect(databases).toEqual([]);
});

test('the command prints policies and trust policy of the example as one JSON document', async () => {
  let out = '';
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    err: () => {},
  };
  const file = join(REPOSITORY, 'examples/three-regions.yaml');
  const argv = ['iam-policy', file, '--account', '123456789012', '--external-id', 'x-1'];
  const code = await runCli(argv, terminal as never, new AbortController().signal);
  expect(code).toBe(0);
  const { policies, trustPolicy } = JSON.parse(out);
  expect(policies.length).toBeGreaterThan(1);
  expect(trustPolicy.Statement[0]).toMatchObject({
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } },
  });
  const regions = exampleDeployment('three-regions').topology.regions.map(({ region }) => region);
  for (const region of regions) expect(out).toContain(`"${region}"`);
});
