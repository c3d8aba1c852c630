import { fullDiff } from '@aws-cdk/cloudformation-diff';
import { openings } from './broadening/openings';
import { plain } from './broadening/plain';
import { widenedStatements } from './broadening/statements';

/**
 * What a template would let people, services and networks do that the one which exists does not: one plain line per
 * permission and per opening. A statement or rule that only narrows the one it takes the place of is no line, nor is
 * anything that was there before. Pure; both templates are JSON text.
 *
 * Source: `fullDiff` of @aws-cdk/cloudformation-diff, which knows of every resource type where it holds policies and
 * security-group rules.
 */
export function broadening(before: string, after: string): string[] {
  if (before === after) return [];
  const { iamChanges, securityGroupChanges } = fullDiff(JSON.parse(before), JSON.parse(after));
  const { statements, managedPolicies } = iamChanges;
  const lines = [
    ...widenedStatements(statements),
    ...managedPolicies.additions.map(
      ({ identityArn, managedPolicyArn }) => `${plain(identityArn)} gets the policy ${plain(managedPolicyArn)}`,
    ),
    ...openings(securityGroupChanges.ingress, 'from'),
    ...openings(securityGroupChanges.egress, 'to'),
  ];
  return [...new Set(lines)];
}
