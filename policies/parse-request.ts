import type { z } from 'zod';
import {
  type DeploymentRequest,
  deploymentRequestSchema,
  REQUEST_MAX_BYTES,
  type RequestProblem,
} from '../contracts/request';
import { closestRegions } from './closest-regions';
import { fieldName, type RequestPath, receivedWords, shapeAt, validWords } from './request-shape';
import { unknownKeys } from './unknown-keys';

export type ParsedRequest = { request: DeploymentRequest } | { problems: RequestProblem[] };

/**
 * Reads a request that came from anywhere (a file already parsed, a client call). Either the request with its defaults,
 * or every problem of its shape at once, in words; what the values mean is checked by `checkRequest`.
 */
export function parseRequest(value: unknown): ParsedRequest {
  const bytes = jsonBytes(value);
  if (bytes === undefined || bytes > REQUEST_MAX_BYTES) {
    const received = bytes === undefined ? 'a value that contains itself' : `${bytes} bytes`;
    return { problems: [{ field: 'request', received, valid: `plain data of at most ${REQUEST_MAX_BYTES} bytes` }] };
  }
  const unknown = unknownKeys(value);
  const parsed = deploymentRequestSchema.safeParse(value);
  if (parsed.success && unknown.length === 0) return { request: parsed.data };
  const shapes = parsed.success ? [] : parsed.error.issues.map((issue) => problemOf(issue, value));
  return { problems: [...shapes, ...unknown] };
}

/** Size as JSON in UTF-8, counted without Node; undefined for what cannot be written as JSON (a cycle of YAML aliases). */
function jsonBytes(value: unknown): number | undefined {
  try {
    return encodeURIComponent(JSON.stringify(value) ?? '').replace(/%[0-9A-F]{2}/g, 'x').length;
  } catch {
    return undefined;
  }
}

function pathOf(issue: z.core.$ZodIssue): RequestPath {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

function valueAt(value: unknown, path: RequestPath): unknown {
  return path.reduce<unknown>((at, step) => {
    if (typeof at !== 'object' || at === null) return undefined;
    return Object.hasOwn(at, step) ? (at as Record<string | number, unknown>)[step] : undefined;
  }, value);
}

/** The contract's own message where it has one ("must be a host name, …"): better than anything read off a pattern. */
function ownWords({ message }: z.core.$ZodIssue): string | undefined {
  const own = /^must (?:be |look like )(.*)$/.exec(message)?.[1];
  return own && !own.startsWith('match') ? own : undefined;
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): RequestProblem {
  const path = pathOf(issue);
  const field = fieldName(path);
  if (issue.code === 'invalid_key') {
    const names = shapeAt(path.slice(0, -1))?.propertyNames;
    return { field, received: receivedWords(path.at(-1)), valid: `a name written like ${names?.pattern ?? 'a word'}` };
  }
  const received = valueAt(value, path);
  const node = shapeAt(path);
  const valid = ownWords(issue) ?? (node ? validWords(node) : issue.message.toLowerCase());
  return { field, received: receivedWords(received), valid: `${valid}${regionHint(path, received)}` };
}

/** Someone who writes a place ("ireland") for a region is told its id. */
function regionHint(path: RequestPath, received: unknown): string {
  if (path[0] !== 'regions' && path.at(-1) !== 'canary') return '';
  if (typeof received !== 'string') return '';
  const [closest] = closestRegions(received);
  return closest ? `; did you mean "${closest}"?` : '';
}
