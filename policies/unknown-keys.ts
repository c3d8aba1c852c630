import type { RequestProblem } from '../contracts/request';
import { closestNames } from './closest-names';
import { fieldName, type RequestPath, receivedWords, requestShape, type ShapeNode } from './request-shape';

function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownKey(key: string, value: unknown, path: RequestPath, known: string[]): RequestProblem {
  const [closest] = closestNames(key, known, 1);
  const place = path.length === 0 ? 'a request' : fieldName(path);
  return {
    field: fieldName([...path, key]),
    received: receivedWords(value),
    valid: `${closest ? `did you mean "${closest}"? ` : ''}${place} has ${known.join(', ')}`,
  };
}

/**
 * Keys that no request has, with the one that was probably meant. They are refused rather than ignored: a misspelt
 * limit that is silently dropped would be found out in production.
 */
export function unknownKeys(
  value: unknown,
  path: RequestPath = [],
  node: ShapeNode = requestShape(),
): RequestProblem[] {
  if (Array.isArray(value)) {
    const { items } = node;
    return items ? value.flatMap((entry, index) => unknownKeys(entry, [...path, index], items)) : [];
  }
  if (!isBlock(value)) return [];
  const known = node.properties;
  return Object.entries(value).flatMap(([key, entry]) => {
    const child = known && Object.hasOwn(known, key) ? known[key] : node.additionalProperties;
    if (child) return unknownKeys(entry, [...path, key], child);
    return known ? [unknownKey(key, entry, path, Object.keys(known))] : [];
  });
}
