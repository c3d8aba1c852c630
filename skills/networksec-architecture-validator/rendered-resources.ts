import type { RenderedResource, ValidateSecurityInput } from './schema';

/** All resources of all templates, flat. Templates are ours, so a template that is not JSON is an error, not a finding. */
export function renderedResources(stacks: ValidateSecurityInput['stacks']): RenderedResource[] {
  return stacks.flatMap(({ ref, template }) => {
    const content: { Resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }> } =
      JSON.parse(template);
    const stack = `${ref.region}/${ref.kind}`;
    return Object.entries(content.Resources ?? {}).map(([logicalId, resource]) => ({
      where: `${stack}/${logicalId}`,
      stack,
      logicalId,
      type: resource.Type,
      properties: resource.Properties ?? {},
    }));
  });
}

/** The entries of a property that is a list of objects; anything else has none. */
export function entries(value: unknown): Array<Record<string, unknown>> {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The logical id that a `Ref` or `Fn::GetAtt` points to. */
export function target(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  if (typeof value.Ref === 'string') return value.Ref;
  const [first] = Array.isArray(value['Fn::GetAtt']) ? value['Fn::GetAtt'] : [];
  return typeof first === 'string' ? first : undefined;
}

/** One text or a list of texts, as IAM allows both. */
export function textList(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
