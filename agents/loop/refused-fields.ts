import type { Refusal } from './agent';
import { cutForeignText } from './estimate-tokens';
import type { TextPart } from './facts';

const MOST_LINES = 20;
const LINE_TOKENS = 60;
const VIOLATION_TOKENS = 200;

/** For a correction: the broken fields as they were, without their reasons, and which rules they broke. */
export function refusedFields(answer: Readonly<Record<string, unknown>>, { fields, violations }: Refusal): TextPart[] {
  return [
    ...fields.flatMap((field) => fieldLines(field, answer[field])),
    { own: 'broken: ' },
    { foreign: cutForeignText(violations.join('; '), VIOLATION_TOKENS) },
    { own: '\n' },
  ];
}

function fieldLines(field: string, value: unknown): TextPart[] {
  const lines = (Array.isArray(value) ? value : [value]).map((line) => words(line).split(':')[0] ?? '');
  return lines
    .slice(0, MOST_LINES)
    .flatMap((line) => [{ own: `${field}: ` }, { foreign: cutForeignText(line, LINE_TOKENS) }, { own: '\n' }]);
}

/** A foreign object may bring a `toString` of its own, and a list may be nested deeper than any stack: neither is read. */
function words(line: unknown): string {
  if (typeof line === 'object' && line !== null) return Array.isArray(line) ? 'a list' : 'an object';
  return String(line);
}
