import type { StandardDiagnostic } from '@aws/cloudformation-validate';
import type { Finding } from '../../contracts/finding';
import type { ValidateSecurityInput } from './schema';
import { checkTemplates, type TemplateReport } from './template-check';
import { isException } from './template-exceptions';

type RenderedTemplate = ValidateSecurityInput['stacks'][number];

/**
 * Checks templates against CloudFormation's own resource schemas and best practices, offline. What CloudFormation would
 * refuse is `high`, warnings are `medium`; remarks are dropped.
 */
export async function validateTemplates(stacks: RenderedTemplate[]): Promise<Finding[]> {
  const reports = await checkTemplates(stacks.map(({ ref, template }) => ({ text: template, region: ref.region })));
  return stacks.flatMap(({ ref }, index) => findings(`${ref.region}/${ref.kind}`, reports[index]));
}

function findings(where: string, report: TemplateReport | undefined): Finding[] {
  if (!report) return [incomplete(where, 'no report')];
  const found = report.diagnostics
    .filter((diagnostic) => !isException(diagnostic))
    .map((diagnostic) => toFinding(where, diagnostic));
  return report.status === 'OK' ? found : [incomplete(where, report.status), ...found];
}

function toFinding(where: string, diagnostic: StandardDiagnostic): Finding {
  const isError = diagnostic.severity === 'FATAL' || diagnostic.severity === 'ERROR';
  return {
    rule: `cloudformation-${diagnostic.ruleId}`,
    severity: isError ? 'high' : 'medium',
    where: [where, diagnostic.entity?.logicalId, diagnostic.propertyPath].filter(Boolean).join('/'),
    message: diagnostic.message,
    fix: diagnostic.suggestedFix ?? 'change the template so that the rule holds',
  };
}

/** A check that did not finish must not pass for one that found nothing. */
function incomplete(where: string, status: string): Finding {
  return {
    rule: 'cloudformation-analysis',
    severity: 'high',
    where,
    message: `the template could not be checked completely: ${status}`,
    fix: 'run the check on this template alone to see where it stops',
  };
}
