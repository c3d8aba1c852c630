import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { type DeploymentRequest, REQUEST_MAX_BYTES, type RequestProblem } from '../contracts/request';
import { checkRequest } from '../policies/check-request';
import { parseRequest } from '../policies/parse-request';

export type RequestFile = { request: DeploymentRequest } | { problems: RequestProblem[] };

/**
 * Reads a request from a YAML or JSON file and checks everything that can be known without a server. Never throws for
 * what is in the file: every problem comes back, with line and column where the file itself is broken.
 */
export async function readRequestFile(path: string): Promise<RequestFile> {
  const text = await readLimited(path);
  return typeof text === 'string' ? readRequestText(text) : { problems: [text] };
}

/** The same for a request that came as text: from chat, or pasted. */
export function readRequestText(text: string): RequestFile {
  const parsed = parseText(text);
  return 'problems' in parsed ? parsed : checkRequestValue(parsed.value);
}

/** The same for a request that is plain data already. */
export function checkRequestValue(value: unknown): RequestFile {
  const shaped = parseRequest(value);
  if ('problems' in shaped) return shaped;
  const problems = checkRequest(shaped.request);
  return problems.length > 0 ? { problems } : shaped;
}

async function readLimited(path: string): Promise<string | RequestProblem> {
  try {
    const { size } = await stat(path);
    if (size > REQUEST_MAX_BYTES)
      return { field: path, received: `${size} bytes`, valid: `a request file of at most ${REQUEST_MAX_BYTES} bytes` };
    return await readFile(path, 'utf8');
  } catch (error) {
    return { field: path, received: whyUnreadable(error), valid: 'a readable YAML or JSON file' };
  }
}

function whyUnreadable(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'no such file';
    case 'EISDIR':
      return 'a directory';
    case 'EACCES':
      return 'a file that may not be read';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function parseText(text: string): { value: unknown } | { problems: RequestProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      const received = sourceLine(text, line);
      return { field: `line ${line}, column ${col}`, received, valid: `YAML or JSON; here, ${lowerFirst(message)}` };
    });
    // The parser complains several times about one place.
    return {
      problems: problems.filter(({ field }, index) => problems.findIndex((one) => one.field === field) === index),
    };
  }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { problems: [{ field: 'request', received: 'aliases that expand without end', valid: String(error) }] };
  }
}

const SHOWN_CHARACTERS = 80;

function sourceLine(text: string, line: number): string {
  const source = (text.split('\n')[line - 1] ?? '').trim();
  if (source === '') return 'the end of the text';
  return source.length > SHOWN_CHARACTERS ? `${source.slice(0, SHOWN_CHARACTERS)}…` : source;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
