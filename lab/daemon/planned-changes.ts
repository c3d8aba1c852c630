import type { PlannedChange } from '../../contracts/stack';

interface Applied {
  template: string;
  parameters: Record<string, string>;
}

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** What a plan can hold of one resource. */
const MOST_PROPERTIES = 20;

/**
 * What applying `after` over `before` would do, resource by resource, in the order of the template. A resource whose
 * text is the same still changes when a parameter that it refers to does. A resource of another type under the same
 * name is replaced. Throws a SyntaxError for a template that is not JSON.
 */
export function plannedChanges(before: Applied | undefined, after: Applied): PlannedChange[] {
  const old = before ? resourcesOf(before.template) : new Map<string, Resource>();
  const wanted = resourcesOf(after.template);
  const changedParameters = Object.keys(after.parameters).filter(
    (name) => before?.parameters[name] !== after.parameters[name],
  );
  const made = [...wanted].flatMap(([resource, now]): PlannedChange[] => {
    const was = old.get(resource);
    if (!was) return [{ action: 'create', resource, type: now.Type }];
    if (was.Type !== now.Type) return [{ action: 'replace', resource, type: now.Type }];
    const differs = JSON.stringify(was) !== JSON.stringify(now) || refersTo(now, changedParameters);
    return differs ? [{ action: 'change', resource, type: now.Type, ...properties(was, now, changedParameters) }] : [];
  });
  const deleted = [...old].filter(([resource]) => !wanted.has(resource));
  return [
    ...made,
    ...deleted.map(([resource, was]): PlannedChange => ({ action: 'delete', resource, type: was.Type })),
  ];
}

function resourcesOf(template: string): Map<string, Resource> {
  const parsed = JSON.parse(template) as { Resources?: Record<string, Resource> };
  return new Map(Object.entries(parsed.Resources ?? {}));
}

/** The properties that change, by name; none where something beside the properties does. */
function properties(was: Resource, now: Resource, parameters: string[]): Pick<PlannedChange, 'properties'> {
  const [before, after] = [was.Properties ?? {}, now.Properties ?? {}];
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]) || refersTo(after[name], parameters),
  );
  return names.length === 0 ? {} : { properties: names.slice(0, MOST_PROPERTIES) };
}

function refersTo(value: unknown, parameters: string[]): boolean {
  const text = JSON.stringify(value) ?? '';
  return parameters.some((name) => text.includes(`{"Ref":"${name}"}`) || text.includes(`\${${name}}`));
}
