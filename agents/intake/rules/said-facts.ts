import type { IntakeKey, Unclear } from '../../../contracts/intake';

/** What a part of the reader found: lines as a model would write them, and what it saw but could not read for certain. */
export interface SaidFacts {
  lines: Array<{ key: IntakeKey; value: string }>;
  unclear: Unclear[];
}

export function said(key: IntakeKey, value: string | number | undefined): SaidFacts {
  return { lines: value === undefined ? [] : [{ key, value: String(value) }], unclear: [] };
}

export function unclear(key: IntakeKey, why: string): SaidFacts {
  return { lines: [], unclear: [{ key, why }] };
}

/**
 * One value where all mentions agree; else the person is asked which one is meant.
 * @param describe the mentions in words, for the question
 */
export function agreed<Value extends string | number>(
  key: IntakeKey,
  values: readonly Value[],
  describe: (values: Value[]) => string,
): SaidFacts {
  const different = [...new Set(values)];
  return different.length > 1 ? unclear(key, describe(different)) : said(key, different[0]);
}
