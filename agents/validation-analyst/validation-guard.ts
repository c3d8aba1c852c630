import { unfitAdvice } from '../advice-words';
import type { Guarded } from '../loop/agent';
import { said } from '../loop/said';
import type { ValidationAnswer } from './answer-schema';
import { type FindingPlaces, findingPlaces } from './finding-places';
import { NEXT_ACTIONS, type ValidationExplanation, type ValidationFindings } from './validation-findings';

/** Limits of what a model may put into a report, in characters. */
const LONGEST_TEXT = 400;
const LONGEST_ITEM = 160;
const MOST_ITEMS = 3;

/**
 * Holds an explanation against what it explains. It must name the verdict that rules gave (an answer that read another
 * one is about something else), speak of places that were measured, and suggest only what a person can choose from.
 */
export function guardValidation(answer: ValidationAnswer, input: ValidationFindings): Guarded<ValidationExplanation> {
  const marginal = answer.marginal.slice(0, MOST_ITEMS);
  const next = answer.next.slice(0, MOST_ITEMS);
  const places = findingPlaces(input);
  const problems: Array<[field: keyof ValidationAnswer, problem: string | undefined]> = [
    ['cause', answer.cause.trim() === '' ? 'cause: is empty' : undefined],
    ['summary', verdictProblem(answer.summary, input.verdict)],
    ...marginal.map(
      (item) =>
        ['marginal', placeProblem('marginal', headOf(item), places)] as [keyof ValidationAnswer, string | undefined],
    ),
    ...next.map((item) => ['next', nextProblem(item, places)] as [keyof ValidationAnswer, string | undefined]),
    ['summary', unfitAdvice('answer', [answer.cause, answer.summary, ...marginal, ...next])],
  ];
  const broken = problems.filter(([, problem]) => problem !== undefined);
  if (broken.length > 0) {
    return {
      kind: 'refused',
      fields: [...new Set(broken.map(([field]) => field))],
      violations: [...new Set(broken.map(([, problem]) => problem ?? ''))],
    };
  }
  return {
    kind: 'accepted',
    choice: {
      cause: said(answer.cause, LONGEST_TEXT),
      marginal: marginal.map((item) => said(item, LONGEST_ITEM)),
      next: next.map((item) => said(item, LONGEST_ITEM)),
      summary: said(withoutVerdict(answer.summary), LONGEST_TEXT),
    },
  };
}

function verdictProblem(summary: string, verdict: ValidationFindings['verdict']): string | undefined {
  const first = /^\W*(\w+)/.exec(summary)?.[1]?.toLowerCase() ?? '';
  if (first !== verdict) return `summary: begins with "${said(first, 24)}"; the verdict of the rules is ${verdict}`;
  return withoutVerdict(summary) === '' ? 'summary: says nothing but the verdict' : undefined;
}

function withoutVerdict(summary: string): string {
  return summary.replace(/^\W*\w+\W*/, '').trim();
}

function nextProblem(item: string, places: FindingPlaces): string | undefined {
  const [action = '', ...rest] = headOf(item).trim().toLowerCase().split(/\s+/);
  if (!(NEXT_ACTIONS as readonly string[]).includes(action)) {
    return `next: "${said(action, 24)}" is no action; valid are ${NEXT_ACTIONS.join(', ')}`;
  }
  // A new region is by its nature none of the data.
  return placeProblem('next', rest.join(' '), places, { anyRegion: action === 'add-region' });
}

function placeProblem(
  field: string,
  head: string,
  places: FindingPlaces,
  options?: { anyRegion: boolean },
): string | undefined {
  const [word] = places.unknownWords(head, options);
  return word === undefined ? undefined : `${field}: "${said(word, 24)}" is no place that was measured`;
}

function headOf(item: string): string {
  return item.split(':')[0] ?? '';
}
