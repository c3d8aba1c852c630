import {
  BEDROCK_MODEL_IDS,
  type BedrockRouting,
  bedrockModelFact,
  bedrockPriceFactor,
  DEFAULT_BEDROCK_MODEL_ID,
  inferenceProfile,
  regionsInGeography,
} from '../../catalog/bedrock';
import { DEFAULT_MODEL_ID, modelFact, USABLE_MODEL_IDS } from '../../catalog/models';
import type { LoopModel } from '../loop/loop-dependencies';

/** Who decides, without the keys: what can be checked, priced and said. */
export type ModelChoice =
  | { provider: 'rules' }
  | { provider: 'anthropic'; model: string }
  | { provider: 'bedrock'; model: string; regions: readonly string[]; routing: BedrockRouting };

/** A variable whose value cannot be used, and what would be valid. */
export interface ModelProblem {
  variable: 'MERIDIAN_MODEL' | 'MERIDIAN_MODEL_PROVIDER' | 'MERIDIAN_BEDROCK_REGIONS';
  received: string;
  problem: string;
}

/** What a provider is asked when no model is named. */
export const DEFAULT_MODEL_IDS = { anthropic: DEFAULT_MODEL_ID, bedrock: DEFAULT_BEDROCK_MODEL_ID } as const;

/** Why a choice cannot be used, in words that say what to do; undefined when it can. */
export function modelProblem(choice: ModelChoice): ModelProblem | undefined {
  if (choice.provider === 'rules') return undefined;
  const why = whyNotUsable(choice.provider, choice.model);
  if (why) {
    const usable = choice.provider === 'bedrock' ? BEDROCK_MODEL_IDS : USABLE_MODEL_IDS;
    const problem = `${why}; valid are ${usable.join(', ')}, or rules`;
    return { variable: 'MERIDIAN_MODEL', received: choice.model, problem };
  }
  return choice.provider === 'bedrock' ? regionProblem(choice) : undefined;
}

function whyNotUsable(provider: 'anthropic' | 'bedrock', model: string): string | undefined {
  const fact = modelFact(model);
  if (!fact) return 'it is not in the catalog, its price and its thinking are unknown';
  const wire = provider === 'bedrock' ? bedrockModelFact(model) : fact;
  if (wire?.thinkingOff === 'impossible' || fact.thinkingOff === 'impossible') {
    const where = provider === 'bedrock' ? ' on Amazon Bedrock' : '';
    return `it cannot turn its thinking off${where}, which would spend the token budget before the first word`;
  }
  return wire ? undefined : 'Amazon Bedrock is not known to offer it';
}

function regionProblem(choice: Extract<ModelChoice, { provider: 'bedrock' }>): ModelProblem | undefined {
  const { model, regions, routing } = choice;
  const fact = bedrockModelFact(model);
  const received = regions.join(',');
  const outside = regions.find((region) => !fact || !inferenceProfile(fact, region, routing));
  if (!fact || outside === undefined) return undefined;
  const problem =
    `nothing keeps a prompt to ${model} in the geography of ${outside}; valid are ${regionsInGeography(fact).join(', ')}, ` +
    'or any region with MERIDIAN_BEDROCK_ROUTING=global, which may carry prompts anywhere';
  return { variable: 'MERIDIAN_BEDROCK_REGIONS', received, problem };
}

/** The model as the agent loop needs it; undefined for `rules`. Throws a RangeError for what `modelProblem` refuses. */
export function loopModel(choice: ModelChoice): LoopModel | undefined {
  const refused = modelProblem(choice);
  if (refused) throw new RangeError(`${refused.variable} is "${refused.received}": ${refused.problem}`);
  const fact = choice.provider === 'rules' ? undefined : modelFact(choice.model);
  if (choice.provider === 'rules' || !fact) return undefined;
  const factor = choice.provider === 'bedrock' ? bedrockPriceFactor(choice.routing) : 1;
  return {
    id: fact.id,
    price: {
      inputUsdPerMillion: fact.inputUsdPerMillion * factor,
      outputUsdPerMillion: fact.outputUsdPerMillion * factor,
    },
  };
}

/** One phrase for logs and terminals: who decides. */
export function whoDecides(choice: ModelChoice): string {
  switch (choice.provider) {
    case 'rules':
      return 'rules decide, no model is asked (docs/models.md)';
    case 'anthropic':
      return `${choice.model} decides, over the Anthropic API`;
    case 'bedrock':
      return `${choice.model} decides, on Amazon Bedrock in ${choice.regions.join(', then ')}`;
  }
}
