import type { Finding } from '../../../contracts/finding';
import { entries, isRecord, textList } from '../rendered-resources';
import type { RenderedResource, SecurityRule } from '../schema';

/** Actions that know no resources: AWS accepts only a star for them (service authorization reference). */
const WITHOUT_RESOURCES = new Set(['ecr:GetAuthorizationToken']);

/**
 * Roles name the actions and resources they need; nobody trusts everybody. In key policies a resource of `*` means the
 * key itself and is not looked at.
 */
export const leastPrivilege: SecurityRule = ({ resources }) =>
  resources.flatMap((resource) => {
    switch (resource.type) {
      case 'AWS::IAM::Role':
        return [
          ...entries(resource.properties.Policies).flatMap((policy) =>
            broadStatements(resource, policy.PolicyDocument),
          ),
          ...openTrust(resource, resource.properties.AssumeRolePolicyDocument),
        ];
      case 'AWS::KMS::Key':
        return openTrust(resource, resource.properties.KeyPolicy);
      default:
        return [];
    }
  });

function allowing(document: unknown): Array<Record<string, unknown>> {
  return isRecord(document) ? entries(document.Statement).filter(({ Effect }) => Effect === 'Allow') : [];
}

function broadStatements(resource: RenderedResource, document: unknown): Finding[] {
  return allowing(document).flatMap((statement) => {
    const actions = textList(statement.Action);
    const broad = actions.filter((action) => action === '*' || action.endsWith(':*'));
    const findings = broad.map((action) => finding(resource, `the role may do ${action}`, 'name the actions it needs'));
    const onEverything =
      textList(statement.Resource).includes('*') && !actions.every((action) => WITHOUT_RESOURCES.has(action));
    return onEverything
      ? [
          ...findings,
          finding(resource, `the role may do ${actions.join(', ')} on every resource`, 'name the resources'),
        ]
      : findings;
  });
}

function openTrust(resource: RenderedResource, document: unknown): Finding[] {
  const isOpen = allowing(document).some(({ Principal, Condition }) => {
    const everybody = Principal === '*' || (isRecord(Principal) && textList(Principal.AWS).includes('*'));
    return everybody && Condition === undefined;
  });
  return isOpen ? [finding(resource, 'everybody is trusted', 'name the principal')] : [];
}

function finding(resource: RenderedResource, message: string, fix: string): Finding {
  return { rule: 'least-privilege', severity: 'high', where: resource.where, message, fix };
}
