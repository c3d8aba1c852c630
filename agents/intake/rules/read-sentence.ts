import type { Unclear } from '../../../contracts/intake';
import { readBudget } from './read-budget';
import { readDurations } from './read-durations';
import { readNames } from './read-names';
import { readPlaces } from './read-places';
import { readWords } from './read-words';

/**
 * Reads a sentence without a model: areas, places and region ids, latency, recovery, dollars a month, laws, engines,
 * environments. It reads only what can mean one thing; what it sees and cannot read for certain is left to be asked.
 */
export function readSentence(sentence: string): { lines: string[]; unclear: Unclear[] } {
  const text = sentence.replace(/\s+/g, ' ').replace(/[\u2018\u2019]/g, "'");
  const parts = [...readNames(text), ...readWords(text), ...readPlaces(text), ...readDurations(text), readBudget(text)];
  return {
    lines: parts.flatMap(({ lines }) => lines.map(({ key, value }) => `${key}: ${value}`)),
    unclear: parts.flatMap(({ unclear }) => unclear),
  };
}
