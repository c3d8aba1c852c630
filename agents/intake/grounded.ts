import type { IntakeKey, RequestFacts } from '../../contracts/intake';
import { placesIn } from '../../policies/intake/places';
import { quantitiesIn } from '../../policies/intake/quantities';

type IsGrounded = (facts: RequestFacts, sentence: string, rules: RequestFacts) => boolean;

/**
 * What a model may read where rules read nothing, and how the sentence must hold it: names as they are, numbers with
 * the right unit. What is not in here (where data must stay, how critical something is, what it may cost, which
 * regions) counts only when rules read the same.
 */
const IS_GROUNDED: Readonly<Partial<Record<IntakeKey, IsGrounded>>> = {
  application: ({ application = '' }, sentence) => application.split('-').every((word) => hasWord(sentence, word)),
  hostname: ({ hostname = '' }, sentence) => hasWord(sentence, hostname),
  image: ({ image = '' }, sentence) => hasWord(sentence, image),
  users: ({ users = [] }, sentence) =>
    users.every(({ area, share }) => namesArea(sentence, area) && (share === undefined || hasPercents(sentence))),
  percentile: ({ percentile }, sentence, { users = [] }) =>
    users.every(({ share }) => share === undefined) &&
    quantitiesIn(sentence).some(({ unit, value }) => unit === 'percent' && value === percentile),
  latency: ({ latencyMs }, sentence, rules) => hasFreeDuration(sentence, latencyMs, rules),
  rto: ({ rtoSeconds = Number.NaN }, sentence, rules) => hasFreeDuration(sentence, rtoSeconds * 1_000, rules),
  rpo: ({ rpoSeconds = Number.NaN }, sentence, rules) => hasFreeDuration(sentence, rpoSeconds * 1_000, rules),
  timed: ({ timed = '' }, sentence) => new RegExp(`\\b${timed}`, 'i').test(sentence),
  frameworks: ({ frameworks = [] }, sentence) => frameworks.every((name) => hasWord(sentence, name)),
  consistency: ({ consistency = '' }, sentence) =>
    new RegExp(`\\b${consistency}`, 'i').test(sentence) && /\bconsisten/i.test(sentence),
};

/** Whether a sentence holds a fact that rules did not read. */
export function isGrounded(key: IntakeKey, facts: RequestFacts, sentence: string, rules: RequestFacts): boolean {
  return IS_GROUNDED[key]?.(facts, sentence, rules) ?? false;
}

/** Letters, digits and dots that touch a word are part of another one. */
export function hasWord(sentence: string, word: string): boolean {
  const escaped = word.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return word !== '' && new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'u').test(sentence.toLowerCase());
}

/** A duration that rules took for something else is no second thing, unless it stands there twice. */
function hasFreeDuration(sentence: string, ms: number | undefined, rules: RequestFacts): boolean {
  const { latencyMs, rtoSeconds = Number.NaN, rpoSeconds = Number.NaN } = rules;
  const taken = [latencyMs, rtoSeconds * 1_000, rpoSeconds * 1_000].filter((one) => one === ms).length;
  return quantitiesIn(sentence).filter(({ unit, value }) => unit === 'ms' && value === ms).length > taken;
}

function hasPercents(sentence: string): boolean {
  return quantitiesIn(sentence).some(({ unit }) => unit === 'percent');
}

function namesArea(sentence: string, area: string): boolean {
  return placesIn(sentence).some(
    ({ areas, start }) => areas.some((one) => one === area) && !NEGATION.test(sentence.slice(0, start)),
  );
}

const NEGATION = /(?:\b(?:no|not|never|nobody|avoid\w*|except|exclud\w+|without|outside|out of)\b|n't)[^.,;]*$/i;
