import type { IntakeKey, RequestFacts, Unclear } from '../../../contracts/intake';
import { readFact } from '../../../policies/intake/fact-lines';
import { notUnderstood, otherPrivacyLaws } from './not-understood';
import { readBudget } from './read-budget';
import { readDurations } from './read-durations';
import { readNames } from './read-names';
import { readPlaces } from './read-places';
import { readWords } from './read-words';

/** What stands under a key: as it was written, and what that means. */
export interface ReadFact {
  written: string;
  facts: RequestFacts;
}

/** A sentence as it was read. What is unclear under a key is not known under it. */
export interface SentenceReading {
  known: Map<IntakeKey, ReadFact>;
  unclear: Unclear[];
  /** what was seen and has no effect, in words */
  remarks: string[];
}

/**
 * Reads a sentence without a model: areas, places and region ids, latency, recovery, dollars a month, laws, engines,
 * environments. It reads only what can mean one thing; what it sees and cannot read for certain is left to be asked.
 */
export function readSentence(sentence: string): SentenceReading {
  const text = sentence.replace(/\s+/g, ' ').replace(/[\u2018\u2019]/g, "'");
  const parts = [...readNames(text), ...readWords(text), ...readPlaces(text), ...readDurations(text), readBudget(text)];
  const known = new Map<IntakeKey, ReadFact>();
  const unclear = parts.flatMap((part) => part.unclear);
  for (const { key, value } of parts.flatMap(({ lines }) => lines)) {
    const read = readFact(key, value);
    if ('facts' in read) known.set(key, { written: value, facts: read.facts });
    else unclear.push({ key, why: `"${value}" is not valid` });
  }
  // half of what is said under a key is no answer
  for (const { key } of unclear) known.delete(key);
  const laws = otherPrivacyLaws(text).join(', ');
  const isResidencyOpen = !known.has('residency') && !unclear.some(({ key }) => key === 'residency');
  if (laws && isResidencyOpen) unclear.push({ key: 'residency', why: `Meridian does not know what ${laws} asks for` });
  return { known, unclear, remarks: notUnderstood(text, known) };
}

/** The facts of a reading under their fields. */
export function factsOf({ known }: SentenceReading): RequestFacts {
  return Object.assign({}, ...[...known.values()].map(({ facts }) => facts));
}
