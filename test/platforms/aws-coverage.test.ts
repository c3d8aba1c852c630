import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESOURCE_ACTIONS } from '../../platforms/aws/iam/resource-actions';
import { MISSING_IN_MINISTACK } from '../clouds/ministack-template';
import { exampleDeployment, templatesOf } from '../skills/iac-template-generator/planned-deployments';
import { callsOfTheAdapter } from './aws-calls';

/** `UPDATE_DOCS=1 npx jest test/platforms/aws-coverage.test.ts` writes the page anew. */
const PAGE = join(__dirname, '../../docs/aws-coverage.md');

type Cover = 'moto' | 'wire-recorded';

const DATA = 'aws-data-moto';
const RETURN = 'aws-data-return-moto';
const BACKUPS = 'aws-backups-moto';
const TRAFFIC = 'aws-traffic-moto';
const PROBES = 'aws-probes-wire';

/** Each call of the data, backup, traffic and probe ports: what answered it in which test. `wire-recorded`: documented answers only. */
const CALLS: Record<string, [Cover, string]> = {
  'cloudwatch:DescribeAlarmHistory': ['wire-recorded', TRAFFIC],
  'cloudwatch:DescribeAlarms': ['moto', TRAFFIC],
  'cloudwatch:DescribeAlarmsForMetric': ['moto', TRAFFIC],
  'cloudwatch:GetMetricStatistics': ['moto', DATA],
  'dynamodb:DescribeTable': ['moto', DATA],
  'ecs:DescribeServices': ['wire-recorded', PROBES],
  'ecs:DescribeTasks': ['wire-recorded', PROBES],
  'ecs:ListTasks': ['wire-recorded', PROBES],
  'elasticloadbalancing:DescribeListeners': ['wire-recorded', PROBES],
  'elasticloadbalancing:DescribeTargetHealth': ['wire-recorded', PROBES],
  'rds:AddTagsToResource': ['moto', DATA],
  'rds:CopyDBSnapshot': ['moto', BACKUPS],
  'rds:CreateDBSnapshot': ['moto', BACKUPS],
  'rds:DeleteDBSnapshot': ['moto', BACKUPS],
  'rds:DescribeDBInstances': ['moto', DATA],
  'rds:DescribeDBSnapshots': ['moto', BACKUPS],
  'rds:DescribeEvents': ['wire-recorded', DATA],
  'rds:ModifyDBInstance': ['moto', DATA],
  'rds:PromoteReadReplica': ['moto', DATA],
  'rds:RebootDBInstance': ['wire-recorded', DATA],
  'rds:RemoveTagsFromResource': ['moto', RETURN],
  'rds:RestoreDBInstanceFromDBSnapshot': ['moto', BACKUPS],
  'rds:RestoreDBInstanceToPointInTime': ['moto', BACKUPS],
  'route53:ChangeResourceRecordSets': ['moto', TRAFFIC],
  'route53:ChangeTagsForResource': ['moto', TRAFFIC],
  'route53:GetHealthCheck': ['moto', TRAFFIC],
  'route53:GetHealthCheckStatus': ['wire-recorded', TRAFFIC],
  'route53:ListHostedZonesByName': ['moto', TRAFFIC],
  'route53:ListResourceRecordSets': ['moto', TRAFFIC],
  'route53:ListTagsForResource': ['moto', TRAFFIC],
  'route53:UpdateHealthCheck': ['moto', TRAFFIC],
};

const REFUSED = [
  [
    'data.rejoin',
    'of a primary that was replaced: RDS cannot make it a replica. Its region leaves the deployment and comes again, as a fresh replica; a primary that nobody replaced is opened again',
  ],
  ['data.handOver', 'the writes are never moved as planned: replicas are promoted after the old instance was fenced'],
  ['data.compare', 'rows can be read from the network of the region only'],
  ['backups.prove', 'restored rows can be read from the network of the region only: a backup stays unproven'],
  ['probes.startWriter, writerLog, stopWriter', 'survivors are counted in the databases themselves'],
  ['faults.inject', 'no faults are injected into AWS accounts'],
] as const;

/** Types of the stacks of the three-region example that are made on MiniStack (test/clouds/) or moto (test/aws/). */
function typesOf(kinds: string[]): Set<string> {
  const { stacks } = templatesOf(exampleDeployment('three-regions'));
  const applied = stacks.filter(({ ref }) => kinds.includes(ref.kind));
  const types = applied.flatMap(({ template }) =>
    Object.values<{ Type: string }>(JSON.parse(template).Resources).map(({ Type }) => Type),
  );
  return new Set(types);
}

function resourceRows(): string[] {
  const onMiniStack = typesOf(['base', 'data', 'preview']);
  const onMoto = typesOf(['global']);
  return Object.keys(RESOURCE_ACTIONS)
    .sort()
    .map((type) => {
      const why = MISSING_IN_MINISTACK[type];
      const clouds = [...(onMiniStack.has(type) && !why ? ['MiniStack'] : []), ...(onMoto.has(type) ? ['moto'] : [])];
      const where = clouds.length > 0 ? `applied on ${clouds.join(' and ')}` : 'rendered and checked only';
      return `| \`${type}\` | ${where} | ${why ? `MiniStack has ${why.replaceAll('|', '/')}` : ''} |`;
    });
}

function page(): string {
  const calls = Object.entries(CALLS).map(
    ([call, [how, test]]) => `| \`${call}\` | ${how} | \`test/platforms/${test}.test.ts\` |`,
  );
  return `# What of AWS was tried where

Nothing on this page was run against AWS itself. *MiniStack* and *moto* are test clouds that the tests install and start;
*wire-recorded* means that the requests of the SDK are written down and answered as AWS documents it; *rendered and
checked only* means that templates are linted and read back. The page is made from the sources by
\`test/platforms/aws-coverage.test.ts\`, which fails when it is stale.

## Resource types in templates

| type | where | remark |
| --- | --- | --- |
${resourceRows().join('\n')}

## Calls of the data, backup, traffic and probe ports

The calls of the stack port are tried on MiniStack by \`test/platforms/aws-contract.test.ts\`.

| call | answered by | test |
| --- | --- | --- |
${calls.join('\n')}

## Refused

| operation | why |
| --- | --- |
${REFUSED.map(([operation, why]) => `| \`${operation}\` | ${why} |`).join('\n')}

## Differences that Meridian makes itself

Drift detection compares templates with what is there. These differences are Meridian’s own work; \`meridian drift\` leaves
the first four out, and \`deploy --revert-drift\` never reverts them: a stack that has nothing else is changed without
reverting, one that somebody changed by hand as well is refused:

| resource | property | made by |
| --- | --- | --- |
| \`AWS::Route53::HealthCheck\` | \`HealthCheckConfig.Disabled\`, \`.Inverted\` | a drain: the region answers nobody |
| \`AWS::Route53::HealthCheck\`, \`AWS::RDS::DBInstance\` | tag \`meridian:epoch\` | every operation: older ones are refused |
| \`AWS::RDS::DBInstance\` | \`VPCSecurityGroups\`, tags \`meridian:ingress-closed\`, \`meridian:ingress-before\`, \`meridian:fenced\` | a fence; reverted, an old primary would take writes again |
| \`AWS::RDS::DBInstance\` | tag \`meridian:restored-beside\` | a restore, which makes a new instance beside it |
| \`AWS::RDS::DBInstance\` | \`SourceDBInstanceIdentifier\`, tag \`meridian:successor\` | a promotion |
| \`AWS::Route53::RecordSet\` | \`ResourceRecords\` of a writer name | a shift: writes go to the new primary |
`;
}

test('every call of these ports is in the table, and its test is there', () => {
  const made = callsOfTheAdapter(/^aws-(backup|data|traffic|probes).*\.ts$/).filter(
    (call) => !call.endsWith(':waitUntil'),
  );
  expect(Object.keys(CALLS).sort()).toEqual([...new Set(made)].sort());
  for (const [, name] of Object.values(CALLS)) expect(existsSync(join(__dirname, `${name}.test.ts`))).toBe(true);
});

test('the page says what the sources say', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page());
  expect(readFileSync(PAGE, 'utf8')).toBe(page());
});
