/**
 * Resource types that MiniStack 1.5.33 has no provisioner for: it would roll back a stack that holds one. They are left
 * out of what the test applies, with everything that refers to them; templates keep them, and the linters check them.
 */
export const MISSING_IN_MINISTACK: Record<string, string> = {
  'AWS::EC2::EIP': 'no provisioner: "Unsupported resource type"',
  'AWS::EC2::NatGateway': 'no provisioner: "Unsupported resource type"',
  'AWS::EC2::VPCPeeringConnection': 'no provisioner: "Unsupported resource type"',
  'AWS::Route53::HealthCheck': 'no provisioner: "Unsupported resource type"',
};

interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; DependsOn?: string[] }>;
}

export interface ReducedTemplate {
  text: string;
  /** logical ids that were left out, for the test to assert that it was only these */
  leftOut: string[];
}

/** A template without the resources that MiniStack cannot make, and without routes and alarms that hang on them. */
export function forMiniStack(text: string): ReducedTemplate {
  const template = JSON.parse(text) as Template;
  const leftOut = Object.keys(template.Resources).filter(
    (id) => (template.Resources[id]?.Type ?? '') in MISSING_IN_MINISTACK,
  );
  const missing = new Set(leftOut);
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (missing.has(id)) delete template.Resources[id];
    else if (hangsOn(resource, missing)) {
      if (resource.Type === 'AWS::Route53::RecordSet') delete resource.Properties?.HealthCheckId;
      else {
        delete template.Resources[id];
        leftOut.push(id);
      }
    }
  }
  return { text: JSON.stringify(template), leftOut };
}

function hangsOn(resource: object, missing: Set<string>): boolean {
  const refs = [...JSON.stringify(resource).matchAll(/"Ref":"([A-Za-z0-9]+)"/g)].map((match) => match[1] ?? '');
  return refs.some((id) => missing.has(id));
}
