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
  const { kept, violations } = readItems(answer, input);
  const broken = [...textProblems(answer, input), ...violations];
  if (broken.length === 0) return { kind: 'accepted', choice: explanation(answer, kept) };
  return { kind: 'refused', fields: Object.keys(answer), violations: [...new Set(broken)] };
}

/** An item about a place that nobody measured does not spoil the rest of an explanation. */
export function salvageValidation(
  answer: ValidationAnswer,
  input: ValidationFindings,
): ValidationExplanation | undefined {
  if (textProblems(answer, input).length > 0) return undefined;
  return explanation(answer, readItems(answer, input).kept);
}

type Items = Pick<ValidationAnswer, 'marginal' | 'next'>;

function explanation({ cause, summary }: ValidationAnswer, { marginal, next }: Items): ValidationExplanation {
  return {
    cause: said(cause, LONGEST_TEXT),
    marginal: marginal.map((item) => said(item, LONGEST_ITEM)),
    next: next.map((item) => said(item, LONGEST_ITEM)),
    summary: said(withoutVerdict(summary), LONGEST_TEXT),
  };
}

/** What makes a whole answer useless. */
function textProblems({ cause, summary, marginal, next }: ValidationAnswer, { verdict }: ValidationFindings): string[] {
  const first = /^\W*(\w+)/.exec(summary)?.[1]?.toLowerCase() ?? '';
  return [
    cause.trim() === '' && 'cause: is empty',
    first !== verdict && `summary: begins with "${said(first, 24)}"; the verdict of the rules is ${verdict}`,
    withoutVerdict(summary) === '' && 'summary: says nothing but the verdict',
    unfitAdvice('answer', [cause, summary, ...marginal, ...next]),
  ].filter((problem) => typeof problem === 'string');
}

function withoutVerdict(summary: string): string {
  return summary.replace(/^\W*\w+\W*/, '').trim();
}

function readItems(answer: ValidationAnswer, input: ValidationFindings): { kept: Items; violations: string[] } {
  const places = findingPlaces(input);
  const marginal = answer.marginal.slice(0, MOST_ITEMS);
  const next = answer.next.slice(0, MOST_ITEMS);
  const marginalProblem = (item: string) => placeProblem('marginal', headOf(item), places);
  const suggestionProblem = (item: string) => nextProblem(item, places);
  return {
    kept: {
      marginal: marginal.filter((item) => marginalProblem(item) === undefined),
      next: next.filter((item) => suggestionProblem(item) === undefined),
    },
    violations: [...marginal.map(marginalProblem), ...next.map(suggestionProblem)].filter(
      (problem) => problem !== undefined,
    ),
  };
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
  field: keyof Items,
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
