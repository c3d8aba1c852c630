import type { FactOrigin } from './fact';
import type { ThinkingOff } from './models';

/**
 * Where Bedrock may carry a prompt that was sent to a region. `geography`: to regions of the same geography, by an
 * inference profile such as `eu.`; `global`: to any region of the world, which costs 10 % less.
 */
export type BedrockRouting = 'geography' | 'global';

type Geography = 'us' | 'eu' | 'jp' | 'au';

/** What Bedrock does differently from Anthropic's own API with a model. */
export interface BedrockModelFact {
  /** id in catalog/models.ts */
  model: string;
  /** the model's id on Bedrock, without the prefix of an inference profile */
  baseId: string;
  thinkingOff: ThinkingOff;
  /** `output_config.format` is taken; otherwise the schema has to stand in the prompt */
  structuredOutputs: boolean;
  /** the CountTokens operation knows the model */
  countsTokens: boolean;
  geographies: readonly Geography[];
  origin: FactOrigin;
}

const CARD: FactOrigin = {
  source: 'AWS model cards (Amazon Bedrock user guide), bedrock-runtime endpoint, stored copies',
  asOf: '2026-10',
  basis: 'verified',
};
/** The card says that thinking is on by default; how it is turned off is known from Anthropic's own API. */
const CARD_AND_API: FactOrigin = {
  ...CARD,
  source: `${CARD.source}; thinking as on the Claude API`,
  basis: 'estimated',
};

const MODELS: readonly BedrockModelFact[] = [
  {
    model: 'claude-sonnet-4-6',
    baseId: 'anthropic.claude-sonnet-4-6',
    thinkingOff: 'off-unless-asked',
    structuredOutputs: true,
    countsTokens: true,
    geographies: ['us', 'eu', 'jp', 'au'],
    origin: CARD,
  },
  {
    model: 'claude-haiku-4-5',
    baseId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    thinkingOff: 'off-unless-asked',
    structuredOutputs: true,
    countsTokens: true,
    geographies: ['us', 'eu', 'jp', 'au'],
    origin: CARD,
  },
  {
    model: 'claude-sonnet-5-5',
    baseId: 'anthropic.claude-sonnet-5-5',
    thinkingOff: 'between_tools',
    structuredOutputs: false,
    countsTokens: false,
    geographies: ['us', 'eu'],
    origin: CARD_AND_API,
  },
  {
    model: 'claude-haiku-5-5',
    baseId: 'anthropic.claude-haiku-5-5',
    thinkingOff: 'disabled',
    structuredOutputs: false,
    countsTokens: false,
    geographies: ['us', 'eu', 'jp', 'au'],
    origin: CARD_AND_API,
  },
  {
    model: 'claude-opus-5',
    baseId: 'anthropic.claude-opus-5',
    thinkingOff: 'disabled',
    structuredOutputs: false,
    countsTokens: false,
    geographies: ['us', 'eu', 'au'],
    origin: CARD_AND_API,
  },
  {
    model: 'claude-sonnet-5',
    baseId: 'anthropic.claude-sonnet-5',
    // the card: "adaptive thinking is always on and cannot be disabled", unlike on Anthropic's own API
    thinkingOff: 'impossible',
    structuredOutputs: false,
    countsTokens: false,
    geographies: ['us', 'eu', 'au'],
    origin: CARD,
  },
];

/**
 * Regions from which a profile stays in the geography of the region itself. Left out on purpose: Canada (`us.` carries
 * prompts to the United States), London and Zurich (`eu.` carries them into the EU).
 */
const GEOGRAPHY_OF: Readonly<Record<string, Geography>> = {
  'us-east-1': 'us',
  'us-east-2': 'us',
  'us-west-1': 'us',
  'us-west-2': 'us',
  'eu-central-1': 'eu',
  'eu-north-1': 'eu',
  'eu-south-1': 'eu',
  'eu-south-2': 'eu',
  'eu-west-1': 'eu',
  'eu-west-3': 'eu',
  'ap-northeast-1': 'jp',
  'ap-northeast-3': 'jp',
  'ap-southeast-2': 'au',
  'ap-southeast-4': 'au',
};

/** What is asked when Bedrock is configured and no model is named: answers in a schema and counts tokens there. */
export const DEFAULT_BEDROCK_MODEL_ID = 'claude-sonnet-4-6';

/** Prices of a geography's profiles over the global ones; source: Anthropic's pricing page, AWS price list 2026-10. */
const GEOGRAPHY_PRICE_FACTOR = 1.1;

/** The facts of one model on Bedrock, or undefined when Bedrock is not known to offer it. */
export function bedrockModelFact(model: string): BedrockModelFact | undefined {
  return MODELS.find((fact) => fact.model === model);
}

/** Models that can be kept from thinking on Bedrock: the ones that may be configured. */
export const BEDROCK_MODEL_IDS: readonly string[] = MODELS.filter(
  ({ thinkingOff }) => thinkingOff !== 'impossible',
).map(({ model }) => model);

/** The inference profile to call in a region; undefined when no profile keeps the prompt in the region's geography. */
export function inferenceProfile(
  { baseId, geographies }: BedrockModelFact,
  region: string,
  routing: BedrockRouting,
): string | undefined {
  if (routing === 'global') return `global.${baseId}`;
  const geography = GEOGRAPHY_OF[region];
  return geography && geographies.includes(geography) ? `${geography}.${baseId}` : undefined;
}

/** Regions in which a model answers without the prompt leaving their geography. */
export function regionsInGeography({ geographies }: BedrockModelFact): string[] {
  return Object.entries(GEOGRAPHY_OF).flatMap(([region, geography]) =>
    geographies.includes(geography) ? [region] : [],
  );
}

/** What the prices of catalog/models.ts are multiplied with. */
export function bedrockPriceFactor(routing: BedrockRouting): number {
  return routing === 'global' ? 1 : GEOGRAPHY_PRICE_FACTOR;
}
