import type { StackKind, SymbolicParameter } from '../../contracts/stack';

/**
 * Where the stacks with global records live. Route 53 has no regions, but CloudWatch publishes the metrics of its
 * health checks in us-east-1 only, so the alarms on them, and with them the stack, must be there whatever the primary is.
 */
export const GLOBAL_STACK_REGION = 'us-east-1';

interface DeploymentKey {
  application: string;
  environment: string;
}

/** A parameter that takes its value from an output of another stack. */
export function outputOf(region: string, kind: StackKind, name: string): SymbolicParameter {
  return { output: { region, kind, name } };
}

/**
 * Names in the parameter store, per region, where the owner of the account keeps what Meridian must not create: the
 * certificate of the hostname and the id of its public zone.
 */
export function accountParameter(owner: DeploymentKey, what: 'certificate-arn' | 'hosted-zone-id'): string {
  return `/meridian/${owner.application}/${owner.environment}/${what}`;
}
