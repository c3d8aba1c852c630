import type { FactOrigin } from './fact';

/**
 * How a model is kept from thinking before it answers. Thinking is billed as output: one thought can eat a whole step,
 * so a model that cannot turn it off does not fit the budgets.
 */
export type ThinkingOff = 'disabled' | 'between_tools' | 'off-unless-asked' | 'impossible';

/** What the budget needs to know about a model. Prices in US dollars per million tokens. */
export interface ModelFact {
  id: string;
  thinkingOff: ThinkingOff;
  /** the model takes `output_config.effort` */
  effort: boolean;
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  origin: FactOrigin;
}

const DOCUMENTED: FactOrigin = {
  source: 'platform.claude.com model overview pages and pricing table, stored copies',
  asOf: '2026-10',
  basis: 'verified',
};
const REPORTED: FactOrigin = {
  source: 'published third-party price and settings tables that cite Anthropic; not confirmed by a live call',
  asOf: '2026-11',
  basis: 'estimated',
};

const MODELS: readonly ModelFact[] = [
  {
    id: 'claude-sonnet-5-5',
    thinkingOff: 'between_tools',
    effort: true,
    inputUsdPerMillion: 2,
    outputUsdPerMillion: 10,
    origin: DOCUMENTED,
  },
  {
    id: 'claude-haiku-5-5',
    thinkingOff: 'disabled',
    effort: true,
    inputUsdPerMillion: 0.1,
    outputUsdPerMillion: 0.5,
    origin: DOCUMENTED,
  },
  {
    id: 'claude-sonnet-5',
    thinkingOff: 'disabled',
    effort: true,
    inputUsdPerMillion: 2,
    outputUsdPerMillion: 10,
    origin: DOCUMENTED,
  },
  {
    id: 'claude-opus-5',
    thinkingOff: 'disabled',
    effort: true,
    inputUsdPerMillion: 5,
    outputUsdPerMillion: 25,
    origin: DOCUMENTED,
  },
  {
    id: 'claude-haiku-4-5',
    thinkingOff: 'off-unless-asked',
    effort: false,
    inputUsdPerMillion: 1,
    outputUsdPerMillion: 5,
    origin: DOCUMENTED,
  },
  {
    id: 'claude-sonnet-4-6',
    thinkingOff: 'off-unless-asked',
    effort: true,
    inputUsdPerMillion: 3,
    outputUsdPerMillion: 15,
    origin: REPORTED,
  },
  {
    id: 'claude-opus-5-5',
    thinkingOff: 'impossible',
    effort: true,
    inputUsdPerMillion: 4,
    outputUsdPerMillion: 20,
    origin: DOCUMENTED,
  },
  {
    id: 'claude-fable-5-1',
    thinkingOff: 'impossible',
    effort: true,
    inputUsdPerMillion: 10,
    outputUsdPerMillion: 50,
    origin: DOCUMENTED,
  },
];

/** What is asked when a key is configured and no model is named. */
export const DEFAULT_MODEL_ID = 'claude-sonnet-5-5';

/** The facts of one model, or undefined: an unknown model is refused, never guessed. */
export function modelFact(id: string): ModelFact | undefined {
  return MODELS.find((model) => model.id === id);
}

/** Models whose thinking can be turned off: the ones that may be configured. */
export const USABLE_MODEL_IDS: readonly string[] = MODELS.filter((model) => model.thinkingOff !== 'impossible').map(
  (model) => model.id,
);

/** What no model costs more than, in US dollars per million tokens. */
export function dearestPrice(): Pick<ModelFact, 'inputUsdPerMillion' | 'outputUsdPerMillion'> {
  return {
    inputUsdPerMillion: Math.max(...MODELS.map(({ inputUsdPerMillion }) => inputUsdPerMillion)),
    outputUsdPerMillion: Math.max(...MODELS.map(({ outputUsdPerMillion }) => outputUsdPerMillion)),
  };
}
