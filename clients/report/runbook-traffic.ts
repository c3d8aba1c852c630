import { pascalCase } from '../../skills/iac-template-generator/logical-names';
import type { FailoverNames } from './runbook-database';

/** Shell text that finds the global health check of a region. */
export function healthCheckId({ stack }: Pick<FailoverNames, 'stack'>, region: string): string {
  const { region: stackRegion, name } = stack('global');
  return `$(resource ${stackRegion} ${name} HealthCheck${pascalCase(region)})`;
}

export function trafficStep(names: FailoverNames, hostname: string): string {
  const { primary, successor } = names;
  return `## Lead users to ${successor}

The records of ${hostname} follow their health checks: when ${primary} does not answer, this has happened already. If it
still answers, make its health check say the opposite:

\`\`\`
aws route53 update-health-check --health-check-id "${healthCheckId(names, primary)}" --inverted
\`\`\`

Take that back (\`--no-inverted\`) only after ${primary} is a standby again.`;
}
