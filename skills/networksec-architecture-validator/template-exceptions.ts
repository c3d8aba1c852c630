import type { StandardDiagnostic } from '@aws/cloudformation-validate';

/** A finding of the template check that is wrong, and how we know. Nothing else is let through. */
interface TemplateException {
  ruleId: string;
  resourceType: string;
  propertyPath: string;
  reason: string;
}

const EXCEPTIONS: TemplateException[] = [
  {
    ruleId: 'F3002',
    resourceType: 'AWS::Route53::RecordSet',
    propertyPath: 'Properties.GeoProximityLocation',
    reason:
      'the bundled schema (1.9.0-beta) is older than the property; CloudFormation template reference, "AWS::Route53::RecordSet GeoProximityLocation"',
  },
];

export function isException({ ruleId, entity, propertyPath }: StandardDiagnostic): boolean {
  return EXCEPTIONS.some(
    (exception) =>
      exception.ruleId === ruleId &&
      exception.resourceType === entity?.resourceType &&
      exception.propertyPath === propertyPath,
  );
}
