import type { Finding } from '../../contracts/finding';
import { renderedResources } from './rendered-resources';
import { detachedDatabases } from './rules/detached-databases';
import { encryptionAtRest } from './rules/encryption-at-rest';
import { encryptionInTransit } from './rules/encryption-in-transit';
import { inlineSecrets } from './rules/inline-secrets';
import { leastPrivilege } from './rules/least-privilege';
import { networkOverlap } from './rules/network-overlap';
import { openIngress } from './rules/open-ingress';
import { privateBuckets } from './rules/private-buckets';
import { privateDatabases } from './rules/private-databases';
import { residencyOfData } from './rules/residency';
import type { SecurityFacts, SecurityRule, ValidateSecurityInput } from './schema';

export { validateTemplates } from './validate-template';

const RULES: SecurityRule[] = [
  networkOverlap,
  openIngress,
  privateDatabases,
  privateBuckets,
  encryptionAtRest,
  encryptionInTransit,
  inlineSecrets,
  leastPrivilege,
  residencyOfData,
  detachedDatabases,
];

/**
 * Skill `networksec-architecture-validator`: judges what was rendered, not what was meant. Pure; findings come grouped by
 * rule, in the order of the rules. `high` blocks a deployment.
 */
export function validateSecurity(input: ValidateSecurityInput): Finding[] {
  const facts: SecurityFacts = {
    specs: input.specs,
    resources: renderedResources(input.stacks),
    residency: input.residency,
  };
  return RULES.flatMap((rule) => rule(facts));
}
