import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandardDiagnostic } from '@aws/cloudformation-validate';
import type { Finding } from '../../contracts/finding';
import type { ValidateSecurityInput } from './schema';
import { isException } from './template-exceptions';

type Validator = typeof import('@aws/cloudformation-validate');
type Engine = InstanceType<Validator['CelEngine']>;

/** One engine for the life of the process: it takes 150 ms to make and 5 ms a template afterwards (WASM, no network). */
let engine: Promise<{ engine: Engine; validator: Validator }> | undefined;

/**
 * Checks templates against CloudFormation's own resource schemas and best practices, in process and offline. What
 * CloudFormation would refuse is `high`, warnings are `medium`; remarks are dropped.
 */
export async function validateTemplates(stacks: ValidateSecurityInput['stacks']): Promise<Finding[]> {
  engine ??= load();
  const loaded = await engine;
  const folder = mkdtempSync(join(tmpdir(), 'meridian-templates-'));
  try {
    return stacks.flatMap((stack) => validate(loaded, folder, stack));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(): Promise<{ engine: Engine; validator: Validator }> {
  const validator = await import('@aws/cloudformation-validate');
  return { validator, engine: new validator.CelEngine() };
}

/** The validator reads files only, so each template is a file for a moment. */
function validate(
  loaded: { engine: Engine; validator: Validator },
  folder: string,
  { ref, template }: ValidateSecurityInput['stacks'][number],
): Finding[] {
  const file = join(folder, 'template.json');
  writeFileSync(file, template);
  const where = `${ref.region}/${ref.kind}`;
  const report = loaded.engine.validateStandard(new loaded.validator.TemplateFile(file), {
    severityLevel: 'WARN',
    pseudoParameterOverrides: { region: ref.region },
  });
  const findings = report.diagnostics
    .filter((diagnostic) => !isException(diagnostic))
    .map((diagnostic) => toFinding(where, diagnostic));
  return report.status === 'OK' ? findings : [incomplete(where, report.status), ...findings];
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
