import { target } from '../rendered-resources';
import type { RenderedResource, SecurityRule } from '../schema';

/** Databases and tasks have no public address. An absent property is a finding too: the default depends on the subnets. */
export const privateDatabases: SecurityRule = ({ resources }) => [
  ...resources.filter(isPublicDatabase).map((resource) => ({
    rule: 'private-databases',
    severity: 'high' as const,
    where: resource.where,
    message: 'the database can be reached from the internet',
    fix: 'set PubliclyAccessible to false and use a subnet group of data subnets',
  })),
  ...resources.filter(hasPublicTasks).map((resource) => ({
    rule: 'private-databases',
    severity: 'medium' as const,
    where: resource.where,
    message: 'tasks have public addresses',
    fix: 'set AssignPublicIp to DISABLED and use private subnets',
  })),
];

function isPublicDatabase({ type, properties }: RenderedResource): boolean {
  if (type !== 'AWS::RDS::DBInstance') return false;
  return properties.PubliclyAccessible !== false || target(properties.DBSubnetGroupName) === undefined;
}

function hasPublicTasks({ type, properties }: RenderedResource): boolean {
  return type === 'AWS::ECS::Service' && JSON.stringify(properties).includes('"AssignPublicIp":"ENABLED"');
}
