import type { IntakeKey, RequestFacts } from '../../../contracts/intake';
import { quantitiesIn } from '../../../policies/intake/quantities';
import { sizesIn } from '../../../policies/intake/sizes';

/** Laws about personal data, and other laws and standards, that people name and that Meridian has no rule for. */
const OTHER_PRIVACY =
  /\b(?:pipeda|appi|pdpa|popia?|kvkk|pipl|dpdpa?|cpra|coppa|ferpa|schrems(?: ii)?|quebec law 25|law 25)\b/gi;
const OTHER_STANDARDS =
  /\b(?:nis ?2|dora|sox|glba|cjis|itar|fips(?: ?140(?:-\d)?)?|irap|hitrust|bsi ?c5|tisax|hds)\b/gi;

/** Each law about personal data that Meridian does not know, as it was written. */
export function otherPrivacyLaws(text: string): string[] {
  return [...new Set([...text.matchAll(OTHER_PRIVACY)].map(([law]) => law))];
}

/** What was seen and has no effect, in words: laws without a rule, percents and sizes of something else. */
export function notUnderstood(
  text: string,
  known: ReadonlyMap<IntakeKey, { written: string; facts: RequestFacts }>,
): string[] {
  const standards = [...new Set([...text.matchAll(OTHER_STANDARDS)].map(([name]) => name))];
  const laws = [...otherPrivacyLaws(text), ...standards].map(
    (law) => `not understood: "${law}"; no rule follows from it`,
  );
  const percentile = known.get('percentile')?.facts.percentile;
  const shares = known.get('users')?.written ?? '';
  const percents = quantitiesIn(text)
    .filter(({ unit, value }) => unit === 'percent' && value !== percentile && !` ${shares},`.includes(` ${value},`))
    .map(({ start }) => `not understood: "${/^\S+(?: ?(?:%|percent))?(?: [\p{L}-]+)?/u.exec(text.slice(start))?.[0]}"`);
  const gigabytes = (known.get('stores')?.facts.stores ?? []).map(({ storageGb }) => storageGb);
  const sizes = sizesIn(text)
    .filter(({ gb }) => !gigabytes.includes(gb))
    .map((size) => `not read: "${size.text}"; the size of a data store stands beside its engine, and is 20 GB or more`);
  return [...laws, ...percents, ...sizes];
}
