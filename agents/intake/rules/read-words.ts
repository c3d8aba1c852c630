import { readStores } from './read-stores';
import { agreed, type SaidFacts, said, unclear } from './said-facts';

const NOT_BEFORE =
  "(?<!\\b(?:not|non|no|nothing|nor|without|isn't|never|un)[ -]?(?:in |for |a |the |yet |business[ -]|mission[ -])*)";
const ENVIRONMENTS: ReadonlyArray<[environment: string, words: RegExp]> = [
  ['production', new RegExp(`${NOT_BEFORE}(?<!pre-?)\\b(?:production|prod)\\b`, 'i')],
  ['staging', new RegExp(`${NOT_BEFORE}\\b(?:staging|stage|pre-?prod(?:uction)?)\\b`, 'i')],
  ['development', new RegExp(`${NOT_BEFORE}\\b(?:development|dev)\\b`, 'i')],
];
const CRITICALITIES: ReadonlyArray<[criticality: string, words: RegExp]> = [
  ['critical', new RegExp(`${NOT_BEFORE}\\bcritical\\b`, 'i')],
  [
    'standard',
    /\b(?:not|non|nothing)[ -](?:(?:business|mission)[ -])?critical\b|\buncritical\b|\bstandard criticality\b|\bcriticality[: ]+standard\b/i,
  ],
];
const PLATFORMS: ReadonlyArray<[platform: string, words: RegExp]> = [
  ['aws', /\b(?:aws|amazon web services)\b/i],
  ['lab', /\b(?:in|on) the (?:meridian )?lab\b|\blab platform\b/i],
];
const OTHER_CLOUDS = /\b(?:azure|gcp|google cloud|oracle cloud|alibaba|ibm cloud|digital ?ocean|hetzner|on-prem\w*)\b/i;
const FRAMEWORKS: ReadonlyArray<[framework: string, words: RegExp]> = [
  ['gdpr', /\b(?:gdpr|dsgvo|rgpd)\b/i],
  ['hipaa', /\bhipaa\b/i],
  ['pci', /\bpci(?:[ -]dss)?\b/i],
  ['soc2', /\bsoc ?2\b/i],
  ['iso27001', /\biso ?27001\b/i],
  ['ccpa', /\bccpa\b/i],
  ['lgpd', /\blgpd\b/i],
  ['fedramp', /\bfedramp\b/i],
];
const PERSONAL_DATA = /\b(?:personal(?:ly)?(?: \w+)? (?:data|information)|(?:customer|patient|user) data|pii)\b/gi;
/** A negation in the same clause, before or right after. */
const NONE_OF =
  /(?:\b(?:no|not|non|never|nothing|none|without|cannot|free of)\b|n't\b)(?:(?!\b(?:and|but|only)\b)[^,.;:])*$/i;
const IS_NONE = /^\s*(?:[:=]\s*(?:no|none|false)\b|(?:is|are) (?:not|never)\b(?! (?:to|leav|leave)\b))/i;

/** Everything that is said by a word of its own. */
export function readWords(sentence: string): SaidFacts[] {
  return [
    oneOf('environment', ENVIRONMENTS, sentence),
    oneOf('criticality', CRITICALITIES, sentence),
    platform(sentence),
    said('frameworks', found(FRAMEWORKS, sentence).join(', ') || undefined),
    personalData(sentence),
    readStores(sentence),
    said('consistency', consistency(sentence)),
  ];
}

/** The words of a table that a text has, by their names. */
function found(table: ReadonlyArray<[name: string, words: RegExp]>, sentence: string): string[] {
  return table.filter(([, words]) => words.test(sentence)).map(([name]) => name);
}

function oneOf(
  key: 'environment' | 'criticality',
  table: ReadonlyArray<[string, RegExp]>,
  sentence: string,
): SaidFacts {
  return agreed(key, found(table, sentence), (values) => `the sentence says both ${values.join(' and ')}`);
}

/** What customer data must not do (leave the EU) is no word about whether there is any. */
function personalData(sentence: string): SaidFacts {
  const read = [...sentence.matchAll(PERSONAL_DATA)].map((match) => {
    const before = sentence.slice(0, match.index);
    return NONE_OF.test(before) || IS_NONE.test(sentence.slice(before.length + match[0].length)) ? 'no' : 'yes';
  });
  return agreed('personal-data', read, () => 'the sentence says both that there is some and none');
}

function platform(sentence: string): SaidFacts {
  const other = OTHER_CLOUDS.exec(sentence)?.[0];
  if (other) return unclear('platform', `Meridian cannot deploy to "${other}"`);
  return agreed('platform', found(PLATFORMS, sentence), (values) => `the sentence says both ${values.join(' and ')}`);
}

function consistency(sentence: string): string | undefined {
  return /\b(strong|strongly|eventual|eventually|causal|causally)(?:ly)? consisten/i
    .exec(sentence)?.[1]
    ?.toLowerCase()
    .replace(/ly$/, '');
}
