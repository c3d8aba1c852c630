import { type Quantity, quantitiesIn } from '../../../policies/intake/quantities';
import { agreed, type SaidFacts, unclear } from './said-facts';

const BUDGET_CUE = /\b(?:budget|spend|costs?|cap(?:ped)?|cheaper than|afford|price)\b/i;

/** US dollars a month. Anything else that looks like money is asked: nobody converts currencies or guesses a period. */
export function readBudget(sentence: string): SaidFacts {
  const money = quantitiesIn(sentence).filter(({ unit }) => unit === 'usd' || unit === 'other-money');
  const problem = money.map(whyNot).find((why) => why !== undefined);
  if (problem) return unclear('budget', problem);
  if (money.length === 0) return withoutCurrency(sentence);
  return agreed(
    'budget',
    money.map(({ value = 0 }) => `${value} usd`),
    (values) => `the sentence names ${values.join(' and ')}`,
  );
}

function whyNot({ text, unit, value, per }: Quantity): string | undefined {
  if (unit === 'other-money') return `"${text}" is not in US dollars`;
  if (value === undefined) return `"${text}" can be read as two numbers`;
  return per === 'other' ? `"${text}" is not for a month` : undefined;
}

/** "a budget of 1500": of what? */
function withoutCurrency(sentence: string): SaidFacts {
  const cue = BUDGET_CUE.exec(sentence);
  const number = quantitiesIn(sentence).find(({ unit, start, end }) => {
    if (unit !== 'count') return false;
    const isMonthly = /^\s*(?:a|per|\/|each|every)\s*mo/i.test(sentence.slice(end));
    return isMonthly || (cue !== null && start >= cue.index && start - cue.index < 30);
  });
  if (number) return unclear('budget', `"${number.text}" names no currency`);
  return { lines: [], unclear: [] };
}
