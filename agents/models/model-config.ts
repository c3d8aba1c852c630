import { z } from 'zod';
import { modelFact, USABLE_MODEL_IDS } from '../../catalog/models';
import type { LoopModel } from '../loop/loop-dependencies';

/** Which model decides. Keys are not in here: this value travels through workflow histories. */
export const modelConfigSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rules') }),
  z.object({ kind: z.literal('anthropic'), model: z.string(), baseUrl: z.url().optional() }),
]);
export type ModelConfig = z.infer<typeof modelConfigSchema>;

/** Why a configuration cannot be used, in words that say what to do; undefined when it can. */
export function checkModelConfig(config: ModelConfig): string | undefined {
  if (config.kind === 'rules') return undefined;
  const fact = modelFact(config.model);
  const valid = `valid are ${USABLE_MODEL_IDS.join(', ')}, or no model at all (rules decide)`;
  if (!fact) return `model "${config.model}" is not in the catalog, its price and its thinking are unknown; ${valid}`;
  if (fact.thinkingOff === 'impossible') {
    return `model "${config.model}" cannot turn its thinking off, which would spend the token budget before the first word; ${valid}`;
  }
  return undefined;
}

/** The model as the agent loop needs it; undefined for `rules`. Throws for a configuration that `checkModelConfig` refuses. */
export function loopModel(config: ModelConfig): LoopModel | undefined {
  const problem = checkModelConfig(config);
  if (problem) throw new RangeError(problem);
  const fact = config.kind === 'rules' ? undefined : modelFact(config.model);
  if (!fact) return undefined;
  const { id, inputUsdPerMillion, outputUsdPerMillion } = fact;
  return { id, price: { inputUsdPerMillion, outputUsdPerMillion } };
}
