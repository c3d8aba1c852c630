import { type IntakeKey, intakeKeySchema, type RequestFacts } from '../../contracts/intake';
import { readFact } from '../../policies/intake/fact-lines';
import { hasWord, isGrounded } from './grounded';
import { factsOf, readSentence, type SentenceReading } from './rules/read-sentence';

/** A model's reading beside that of rules. */
export interface ComparedReading extends SentenceReading {
  /** lines that changed nothing, because the sentence does not hold them */
  leftOut: string[];
  /** how many lines the sentence holds, or could */
  standing: number;
}

/** Left out, these get the value that they have when nobody speaks of them; anything else is asked. */
const HAS_DEFAULT: ReadonlySet<IntakeKey> = new Set(['platform', 'hostname', 'percentile', 'timed', 'consistency']);
/** Rules read every number; one that a model writes in words of its own is the same one. */
const NUMBERS: ReadonlySet<IntakeKey> = new Set(['percentile', 'latency', 'budget', 'rto', 'rpo']);

/**
 * Reads the lines of a model beside the rules, which read the whole sentence as well. What only one of them read and
 * the sentence holds is taken; what they read differently, what rules find unclear, and what the sentence speaks of
 * and nobody understands is asked.
 */
export function compareReadings(lines: readonly string[], sentence: string): ComparedReading {
  const rules = readSentence(sentence);
  const rulesFacts = factsOf(rules);
  const compared: ComparedReading = {
    known: new Map(rules.known),
    unclear: rules.unclear,
    remarks: rules.remarks,
    leftOut: [],
    standing: 0,
  };
  const { known, unclear } = compared;
  for (const line of lines) {
    const [key, written] = keyAndValue(line);
    if (!key) {
      compared.leftOut.push(line);
      continue;
    }
    const isSpokenOf = hasWords(sentence, written);
    if (isSpokenOf) compared.standing += 1;
    if (unclear.some((one) => one.key === key)) continue;
    const read = readFact(key, written);
    const facts = 'facts' in read ? read.facts : undefined;
    const other = known.get(key);
    if (other && facts && isSame(facts, other.facts)) {
      if (!isSpokenOf) compared.standing += 1;
      if (facts.stores?.every(({ name }) => name === undefined || hasWord(sentence, name)))
        known.set(key, { written, facts: withSizes(facts, other.facts) });
    } else if (other && (facts || !NUMBERS.has(key))) {
      known.delete(key);
      unclear.push({ key, why: `it can be read as "${other.written}" or as "${written}"` });
    } else if (!other && facts && isGrounded(key, facts, sentence, rulesFacts)) {
      if (!isSpokenOf) compared.standing += 1;
      known.set(key, { written, facts });
    } else if (!other && (isSpokenOf || !HAS_DEFAULT.has(key))) {
      unclear.push({ key, why: `"${written}" could not be read for certain` });
    } else compared.leftOut.push(line);
  }
  return compared;
}

/** A line `key: value`; no key where it is none that a sentence can say. */
export function keyAndValue(line: string): [key: IntakeKey | undefined, value: string] {
  const [, key = '', value = ''] = /^([a-z-]+)\s*:\s*(.+)$/i.exec(line.trim()) ?? [];
  return [intakeKeySchema.safeParse(key.toLowerCase()).data, value];
}

function hasWords(sentence: string, text: string): boolean {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length > 0 && words.every((word) => hasWord(sentence, word));
}

/** Sizes and names that rules read beside an engine stay: a model is not asked for them. */
function withSizes(facts: RequestFacts, rules: RequestFacts): RequestFacts {
  if (!facts.stores) return facts;
  const stores = facts.stores.map((store) => ({
    ...rules.stores?.find((one) => one.engine === store.engine),
    ...store,
  }));
  return { ...facts, stores };
}

/** The order of a list means nothing, and two stores of one engine may be what rules see as one. */
function isSame(one: RequestFacts, other: RequestFacts): boolean {
  return plain(one) === plain(other);
}

function plain({ stores, ...facts }: RequestFacts): string {
  const values = { ...facts, ...(stores && { stores: stores.map(({ engine }) => engine) }) };
  return JSON.stringify(
    Object.values(values).map((value) =>
      Array.isArray(value) ? [...new Set(value.map((one) => JSON.stringify(one)))].sort() : value,
    ),
  );
}
