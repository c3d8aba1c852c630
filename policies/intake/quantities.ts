/** A number in a text with its unit. Durations are in milliseconds whatever they were written in. */
export interface Quantity {
  text: string;
  start: number;
  end: number;
  /** undefined where the same writing means different numbers in different languages: "1.500", "1,5" */
  value: number | undefined;
  unit: 'ms' | 'usd' | 'other-money' | 'percent' | 'percentile' | 'count';
  /** of money: what it is paid for; undefined: not said */
  per?: 'month' | 'other';
}

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{ fifteen: 15, twenty: 20, thirty: 30, sixty: 60, ninety: 90, zero: 0, 'half a': 0.5, 'half an': 0.5 },
};
const MS_PER_UNIT: ReadonlyArray<[unit: RegExp, ms: number]> = [
  [/^(ms|msecs?|millis|milliseconds?)$/, 1],
  [/^(s|secs?|seconds?)$/, 1_000],
  [/^(mins?|minutes?)$/, 60_000],
  [/^(h|hrs?|hours?)$/, 3_600_000],
  [/^days?$/, 86_400_000],
];
const DOLLARS = /^(us\$|\$|usd|us[ -]dollars?|dollars?|bucks)$/;
const OTHER_MONEY = /^(€|eur|euros?|£|gbp|pounds?|¥|yen|jpy|chf|francs?|inr|rupees?|cad|aud|ca\$|c\$|a\$|au\$)$/;
const UNITS =
  'milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|percent|%|us\\$|us[ -]dollars?|dollars?|bucks|usd|\\$|euros?|eur|€|pounds?|gbp|£|yen|jpy|¥|chf|francs?|inr|rupees?|cad|aud';
const QUANTITY = new RegExp(
  `(?<![\\p{L}\\p{N}._-])(?<before>us\\$|ca\\$|c\\$|au\\$|a\\$|\\$|€|£|¥|usd|eur|gbp|chf|cad|aud|jpy|inr)?\\s?(?<number>\\d+(?:[.,]\\d+)*|half an?|${Object.keys(NUMBER_WORDS).join('|')})(?<kilo>k)?(?:[ \\u00a0-]?(?<unit>${UNITS}))?(?![\\p{L}\\p{N}])`,
  'giu',
);
const PERCENTILE =
  /(?<![\p{L}\p{N}])(?:p ?(\d{2}(?:\.\d)?|999)(?![\p{L}\p{N}])|(\d{2}(?:\.\d)?)(?:st|nd|rd|th)[ -]percentile)/giu;
const PER =
  /^\s*(?:(?:a|per|each|every|\/)\s*(month|mo\b|year|yr|annum|week|day|hour)|(monthly|yearly|annually|weekly|daily))/i;

/** Every number with its unit, in the order of the text. */
export function quantitiesIn(text: string): Quantity[] {
  const numbers = [...text.matchAll(QUANTITY)].flatMap((match) => quantity(match, text));
  const percentiles = [...text.matchAll(PERCENTILE)].map((match): Quantity => {
    const digits = match[1] ?? match[2] ?? '';
    const value = digits === '999' ? 99.9 : Number(digits);
    return { ...span(match), value, unit: 'percentile' };
  });
  return [...numbers, ...percentiles].sort((a, b) => a.start - b.start);
}

function span(match: RegExpMatchArray): Pick<Quantity, 'text' | 'start' | 'end'> {
  const leading = /^\s*/.exec(match[0])?.[0].length ?? 0;
  const start = (match.index ?? 0) + leading;
  return { text: match[0].slice(leading), start, end: (match.index ?? 0) + match[0].length };
}

function quantity(match: RegExpMatchArray, text: string): Quantity[] {
  const { before = '', number = '', kilo, unit: after = '' } = match.groups ?? {};
  // "as" is no second, "tens" are no ten of them
  if (/^[a-z]/i.test(number) && after !== '' && match[0].toLowerCase().endsWith(`${number}${after}`.toLowerCase()))
    return [];
  const base = readNumber(number.toLowerCase());
  const value = base === undefined ? undefined : base * (kilo ? 1_000 : 1);
  const where = span(match);
  const [money, unit] = [before.trim().toLowerCase(), after.toLowerCase()];
  const isMoney = [money, unit].some((one) => DOLLARS.test(one) || OTHER_MONEY.test(one));
  if (isMoney) {
    const isOther = OTHER_MONEY.test(money) || OTHER_MONEY.test(unit);
    const per = PER.exec(text.slice(where.end));
    const month = /^mo/i.test(per?.[1] ?? per?.[2] ?? '');
    return [{ ...where, value, unit: isOther ? 'other-money' : 'usd', ...(per && { per: month ? 'month' : 'other' }) }];
  }
  if (unit === '%' || unit === 'percent') return [{ ...where, value, unit: 'percent' }];
  const ms = MS_PER_UNIT.find(([pattern]) => pattern.test(unit))?.[1];
  // "a day" is how prices go on; "a minute" is what may be lost
  if (/^an?$/i.test(number) && (ms === undefined || unit.startsWith('day'))) return [];
  if (ms !== undefined) return [{ ...where, value: value === undefined ? undefined : value * ms, unit: 'ms' }];
  return [{ ...where, value, unit: 'count' }];
}

/** 1500, 1,500 and 1.5 mean one thing to readers of English; 1.500 and 1,5 do not to the rest of the world. */
function readNumber(text: string): number | undefined {
  if (text in NUMBER_WORDS) return NUMBER_WORDS[text];
  if (/^\d+$/.test(text) || /^\d+\.\d{1,2}$/.test(text) || /^0\.\d+$/.test(text)) return Number(text);
  if (/^\d{1,3}(,\d{3})+(\.\d{1,2})?$/.test(text)) return Number(text.replaceAll(',', ''));
  return undefined;
}
