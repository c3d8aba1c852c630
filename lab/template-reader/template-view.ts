import { TEMPLATE_METADATA } from '../../contracts/template-words';

/** A template that does not say what the reader has to know: which resource, which property, what was expected. */
export class TemplateReadingError extends Error {
  override readonly name = 'TemplateReadingError';
  constructor(
    readonly resource: string,
    readonly property: string,
    readonly expected: string,
    received?: unknown,
  ) {
    super(`${resource}: ${property}: expected ${expected}, received ${JSON.stringify(received) ?? 'nothing'}`);
  }
}

type JsonObject = Record<string, unknown>;

/** One resource, or the template itself, with typed access to what it says. Paths look like `Properties.CidrBlock`. */
export class ResourceView {
  constructor(
    readonly id: string,
    private readonly content: JsonObject,
    private readonly parameters: JsonObject,
  ) {}

  string(path: string): string {
    const value = this.resolved(path);
    if (typeof value === 'string') return value;
    throw new TemplateReadingError(this.id, path, 'a text', value);
  }

  number(path: string): number {
    const value = this.resolved(path);
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw new TemplateReadingError(this.id, path, 'a number', value);
  }

  boolean(path: string): boolean {
    const value = this.resolved(path);
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw new TemplateReadingError(this.id, path, 'true or false', value);
  }

  strings(path: string): string[] {
    const value = this.raw(path);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw new TemplateReadingError(this.id, path, 'a list of texts', value);
  }

  /** The entries of a list of objects; an absent list is empty. */
  list(path: string): ResourceView[] {
    const value = this.raw(path) ?? [];
    if (!Array.isArray(value)) throw new TemplateReadingError(this.id, path, 'a list', value);
    return value.map((item, index) => {
      if (!isObject(item)) throw new TemplateReadingError(this.id, `${path}[${index}]`, 'an object', item);
      return new ResourceView(`${this.id}.${path}[${index}]`, item, this.parameters);
    });
  }

  first(path: string): ResourceView {
    const [first] = this.list(path);
    if (!first) throw new TemplateReadingError(this.id, path, 'at least one entry', []);
    return first;
  }

  has(path: string): boolean {
    return this.raw(path) !== undefined;
  }

  /** The logical id or parameter name that a `Ref` points to. */
  refTarget(path: string): string {
    const value = this.raw(path);
    if (isObject(value) && typeof value.Ref === 'string') return value.Ref;
    throw new TemplateReadingError(this.id, path, 'a Ref', value);
  }

  /** The text of an `Fn::Sub`, or a plain text. */
  subText(path: string): string {
    const value = this.raw(path);
    if (typeof value === 'string') return value;
    if (isObject(value) && typeof value['Fn::Sub'] === 'string') return value['Fn::Sub'];
    throw new TemplateReadingError(this.id, path, 'a text or an Fn::Sub', value);
  }

  tag(key: string): string {
    const tag = this.list('Properties.Tags').find((entry) => entry.raw('Key') === key);
    if (!tag) throw new TemplateReadingError(this.id, 'Properties.Tags', `a tag ${key}`);
    return tag.string('Value');
  }

  raw(path: string): unknown {
    return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), this.content);
  }

  private resolved(path: string): unknown {
    const value = this.raw(path);
    return isObject(value) && typeof value.Ref === 'string' && value.Ref in this.parameters
      ? this.parameters[value.Ref]
      : value;
  }
}

/** A parsed template with its parameters filled in: given values first, then defaults. */
export class TemplateView {
  readonly metadata: ResourceView;
  private readonly resources: Array<{ type: string; view: ResourceView }>;

  constructor(template: string, given: Record<string, string>) {
    const content = parse(template);
    const parameters: JsonObject = { ...defaults(content.Parameters), ...given };
    const metadata = isObject(content.Metadata) ? content.Metadata[TEMPLATE_METADATA] : undefined;
    if (!isObject(metadata))
      throw new TemplateReadingError('template', `Metadata.${TEMPLATE_METADATA}`, 'an object', metadata);
    this.metadata = new ResourceView(`Metadata.${TEMPLATE_METADATA}`, metadata, parameters);
    this.resources = Object.entries(isObject(content.Resources) ? content.Resources : {}).map(([id, resource]) => {
      if (!isObject(resource)) throw new TemplateReadingError(id, 'resource', 'an object', resource);
      return { type: String(resource.Type), view: new ResourceView(id, resource, parameters) };
    });
  }

  /** All resources of a type, in the order of the template. */
  ofType(type: string): ResourceView[] {
    return this.resources.filter((resource) => resource.type === type).map((resource) => resource.view);
  }

  byId(id: string, type: string): ResourceView {
    const found = this.resources.find((resource) => resource.view.id === id);
    if (found?.type === type) return found.view;
    throw new TemplateReadingError(id, 'Type', type, found?.type);
  }
}

function parse(template: string): JsonObject {
  let content: unknown;
  try {
    content = JSON.parse(template);
  } catch (error) {
    throw new TemplateReadingError('template', 'text', `JSON (${String(error)})`, template.slice(0, 40));
  }
  if (!isObject(content)) throw new TemplateReadingError('template', 'text', 'a JSON object', content);
  return content;
}

function defaults(declared: unknown): JsonObject {
  const values: JsonObject = {};
  for (const [name, parameter] of Object.entries(isObject(declared) ? declared : {})) {
    if (isObject(parameter) && parameter.Default !== undefined) values[name] = parameter.Default;
  }
  return values;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
