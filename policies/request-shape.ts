import { z } from 'zod';
import { deploymentRequestSchema } from '../contracts/request';

/** The part of a JSON schema that requests are made of. */
export interface ShapeNode {
  type?: string;
  description?: string;
  enum?: string[];
  anyOf?: Array<{ const?: unknown }>;
  properties?: Record<string, ShapeNode>;
  required?: string[];
  items?: ShapeNode;
  additionalProperties?: ShapeNode;
  propertyNames?: ShapeNode;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  pattern?: string;
}

let shape: ShapeNode | undefined;

/** The shape of a request as it may be written (defaults need not be), read off the schema itself so that both agree. */
export function requestShape(): ShapeNode {
  shape ??= z.toJSONSchema(deploymentRequestSchema, { io: 'input' }) as ShapeNode;
  return shape;
}

export type RequestPath = ReadonlyArray<string | number>;

/** The shape at a path; undefined where the schema has nothing. */
export function shapeAt(path: RequestPath): ShapeNode | undefined {
  return path.reduce<ShapeNode | undefined>((node, step) => {
    if (typeof step === 'number') return node?.items;
    return node?.properties?.[step] ?? node?.additionalProperties;
  }, requestShape());
}

function stepName(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** `services[0].port`, as people point at a field; the request itself is `request`. */
export function fieldName(path: RequestPath): string {
  return path.length === 0 ? 'request' : path.map(stepName).join('').replace(/^\./, '');
}

function numberWords({ type, minimum, maximum, exclusiveMinimum }: ShapeNode): string {
  const noun = type === 'integer' ? 'a whole number' : 'a number';
  if (exclusiveMinimum !== undefined && maximum !== undefined)
    return `${noun} above ${exclusiveMinimum}, at most ${maximum}`;
  if (exclusiveMinimum !== undefined) return `${noun} above ${exclusiveMinimum}`;
  if (minimum !== undefined && maximum !== undefined) return `${noun} from ${minimum} to ${maximum}`;
  return noun;
}

function listWords({ items, minItems, maxItems, description }: ShapeNode): string {
  const size = maxItems === undefined ? '' : `of ${minItems ?? 0} to ${maxItems} entries`;
  const fields = items?.properties ? `, each with ${(items.required ?? Object.keys(items.properties)).join(', ')}` : '';
  return `a list ${size}${fields}${description ? ` (${description})` : ''}`;
}

function textWords({ maxLength, pattern, description }: ShapeNode): string {
  const limit = maxLength === undefined ? '' : ` of at most ${maxLength} characters`;
  const form = pattern === undefined ? '' : `, written like ${pattern}`;
  return `text${limit}${form}${description ? ` (${description})` : ''}`;
}

/** What would be valid at a place, in words: "a whole number from 1 to 65535", "one of lab, aws, fake". */
export function validWords(node: ShapeNode): string {
  if (node.enum) return node.enum.length === 1 ? `only ${node.enum[0]}` : `one of ${node.enum.join(', ')}`;
  if (node.anyOf) return `one of ${node.anyOf.map((option) => String(option.const)).join(', ')}`;
  switch (node.type) {
    case 'integer':
    case 'number':
      return `${numberWords(node)}${node.description ? ` (${node.description})` : ''}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return listWords(node);
    case 'object':
      return node.properties
        ? `a block with ${(node.required ?? Object.keys(node.properties)).join(', ')}`
        : 'a block of names and values';
    default:
      return textWords(node);
  }
}

/** A received value as it is quoted in an error: JSON, cut at 80 characters. */
export function receivedWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
