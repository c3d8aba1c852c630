import type { ReadRequestInput, RequestFacts, Unclear } from '../../contracts/intake';
import type { Agent, Guarded } from '../loop/agent';
import { cutForeignText } from '../loop/estimate-tokens';
import type { FactsRung } from '../loop/facts';
import { said } from '../loop/said';
import { INTAKE_ANSWER_SCHEMA_ID, type IntakeAnswer, intakeAnswerSchema } from './answer-schema';
import { compareReadings, keyAndValue } from './compare-readings';
import { INTAKE_INSTRUCTIONS } from './instructions';
import { isEnglish } from './rules/is-english';
import { factsOf, readSentence, type SentenceReading } from './rules/read-sentence';

/** What was read out of a sentence; the rest of a request is completed by code. */
export interface IntakeChoice {
  facts: RequestFacts;
  unclear: Unclear[];
  remarks: string[];
}

const ENGLISH_ONLY = 'few of its words are English, and rules read English only: look closely at what was read';
/** The sentence as a whole, in words of the ledger. */
export const WHOLE_SENTENCE = 'the whole sentence';
const LADDER_TOKENS = [600, 500, 420, 340, 260, 180] as const;
const MOST_REMARKS = 5;
const REMARK_CHARACTERS = 120;
/** Signs that carry meaning and that plain text loses. */
const SIGNS: ReadonlyArray<[RegExp, string]> = [
  [/\$/g, ' usd '],
  [/€/g, ' eur '],
  [/£/g, ' gbp '],
  [/</g, ' under '],
  [/&/g, ' and '],
];

/** A sentence becomes the lines of a request. Its account holds 1,300 tokens: one call, no repair. */
export const intake: Agent<ReadRequestInput, IntakeAnswer, IntakeChoice> = {
  name: 'intake',
  account: 'intake',
  instructions: INTAKE_INSTRUCTIONS,
  measured: { instructions: 249, schema: 78 },
  schemaId: INTAKE_ANSWER_SCHEMA_ID,
  schema: intakeAnswerSchema,
  output: { capTokens: 400, wantedTokens: 230, minimumTokens: 200 },
  facts: intakeFacts,
  guard: guardIntake,
  rules: ({ sentence }) => ({
    kind: 'chosen',
    choice: choiceOf(readSentence(sentence), isEnglish(sentence) ? [] : [ENGLISH_ONLY]),
  }),
  beyondRules: [
    'free phrasing: who uses it, what may be lost and how fast it must be back, without the usual words',
    'which of several numbers, places or environments is meant',
    'names that stand before no noun such as "API" or "app"',
  ],
};

function intakeFacts({ sentence }: ReadRequestInput): FactsRung[] {
  const text = SIGNS.reduce((signed, [sign, word]) => signed.replace(sign, word), sentence);
  return LADDER_TOKENS.map((tokens) => {
    const foreign = cutForeignText(text, tokens);
    const isCut = foreign.endsWith('~') && !text.trimEnd().endsWith('~');
    const rung = isCut ? `the first ${foreign.length} characters of the sentence` : WHOLE_SENTENCE;
    return { rung, parts: [{ own: '<data>\n' }, { foreign }, { own: '\n</data>' }] };
  });
}

/**
 * What the sentence does not hold is left out and said, what can be read in two ways is asked; an answer of which the
 * sentence holds nothing is none.
 */
function guardIntake(answer: IntakeAnswer, { sentence }: ReadRequestInput): Guarded<IntakeChoice> {
  const { leftOut, standing, ...reading } = compareReadings(answer.request, sentence);
  if (standing === 0)
    return { kind: 'refused', fields: ['request'], violations: ['none of its lines is in the sentence'] };
  const remarks = leftOut.map((line) => `left out, because the sentence does not say it: ${line}`);
  const written = new Set(answer.request.map((line) => keyAndValue(line)[0]));
  for (const line of answer.unclear) {
    const [key, why] = keyAndValue(line);
    if (!key) remarks.push(line);
    // both read the same: the doubt is worth a word, no question
    else if (written.has(key) && reading.known.has(key)) remarks.push(`in doubt: ${line}`);
    else {
      reading.known.delete(key);
      reading.unclear.push({ key, why });
    }
  }
  return { kind: 'accepted', choice: choiceOf(reading, remarks) };
}

/** Whoever wrote the words: they are shown in one plain line. */
function choiceOf(reading: SentenceReading, remarks: readonly string[]): IntakeChoice {
  return {
    facts: factsOf(reading),
    unclear: reading.unclear.map(({ key, why }) => ({ key, why: said(why, REMARK_CHARACTERS) })),
    remarks: [...remarks, ...reading.remarks].slice(0, MOST_REMARKS).map((remark) => said(remark, REMARK_CHARACTERS)),
  };
}
