import { z } from 'zod';
import { isKnownRegion } from '../../catalog/regions';
import { DEFAULT_MODEL_IDS, type ModelChoice, type ModelProblem, modelProblem } from './model-config';

/** They are asked one after the other within a minute, and each has its say in a failure. */
const MOST_REGIONS = 6;
const ENDPOINT = 'must be a URL, {region} in it stands for the region';

/** The variables that say which model decides. Keys are among them: their values are never shown. */
export const modelVariables = {
  MERIDIAN_MODEL: z.string().min(1).optional(),
  MERIDIAN_MODEL_PROVIDER: z.enum(['anthropic', 'bedrock', 'rules']).optional(),
  MERIDIAN_BEDROCK_REGIONS: z.string().transform(parseRegions).optional(),
  MERIDIAN_BEDROCK_ROUTING: z.enum(['geography', 'global']).default('geography'),
  MERIDIAN_BEDROCK_ENDPOINT: z
    .string()
    .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text.replaceAll('{region}', 'eu-central-1')), ENDPOINT)
    .optional(),
  AWS_BEARER_TOKEN_BEDROCK: z.string().min(1).optional(),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
};
type ModelVariables = z.infer<z.ZodObject<typeof modelVariables>>;

/** A choice with what its client needs. Holds keys: it must not leave the process. */
export type ModelConfig =
  | Extract<ModelChoice, { provider: 'rules' }>
  | (Extract<ModelChoice, { provider: 'anthropic' }> & { apiKey: string; baseUrl: string | undefined })
  | (Extract<ModelChoice, { provider: 'bedrock' }> & {
      /** a test server or a private endpoint, `{region}` stands for the region */
      endpoint: string | undefined;
      /** undefined: the credentials that every AWS tool finds */
      bearerToken: string | undefined;
    });

/**
 * Which model the environment asks for: `MERIDIAN_MODEL_PROVIDER`, else the Anthropic API when there is a key for it,
 * else rules. A variable that cannot be used comes back as a problem.
 */
export function modelFromVariables(variables: ModelVariables): ModelConfig | ModelProblem {
  const config = configured(variables);
  if ('problem' in config) return config;
  return modelProblem(config) ?? config;
}

function configured(variables: ModelVariables): ModelConfig | ModelProblem {
  const { MERIDIAN_MODEL: model, MERIDIAN_MODEL_PROVIDER: named, ANTHROPIC_API_KEY: apiKey } = variables;
  if (model === 'rules' || named === 'rules') return { provider: 'rules' };
  if (named === 'bedrock') return bedrock(variables);
  if (apiKey !== undefined) {
    const baseUrl = variables.ANTHROPIC_BASE_URL;
    return { provider: 'anthropic', model: model ?? DEFAULT_MODEL_IDS.anthropic, apiKey, baseUrl };
  }
  const missing =
    'there is no key to ask it with; set ANTHROPIC_API_KEY, or MERIDIAN_MODEL_PROVIDER=bedrock and MERIDIAN_BEDROCK_REGIONS, or rules';
  if (named) return { variable: 'MERIDIAN_MODEL_PROVIDER', received: named, problem: missing };
  return model ? { variable: 'MERIDIAN_MODEL', received: model, problem: missing } : { provider: 'rules' };
}

function bedrock(variables: ModelVariables): ModelConfig | ModelProblem {
  const regions = variables.MERIDIAN_BEDROCK_REGIONS;
  if (!regions) {
    const problem =
      'MERIDIAN_BEDROCK_REGIONS is not set; name the regions that prompts may be sent to, the preferred one first, for example eu-central-1,us-east-1';
    return { variable: 'MERIDIAN_MODEL_PROVIDER', received: 'bedrock', problem };
  }
  return {
    provider: 'bedrock',
    model: variables.MERIDIAN_MODEL ?? DEFAULT_MODEL_IDS.bedrock,
    regions,
    routing: variables.MERIDIAN_BEDROCK_ROUTING,
    endpoint: variables.MERIDIAN_BEDROCK_ENDPOINT,
    bearerToken: variables.AWS_BEARER_TOKEN_BEDROCK,
  };
}

/** `eu-central-1,us-east-1`, each once. */
function parseRegions(text: string, context: z.RefinementCtx): string[] {
  const regions = text.split(',').map((part) => part.trim());
  const problem = regionsProblem(regions);
  if (problem === undefined) return regions;
  context.addIssue({ code: 'custom', message: `${problem}, valid is for example "eu-central-1,us-east-1"` });
  return z.NEVER;
}

function regionsProblem(regions: readonly string[]): string | undefined {
  const unknown = regions.find((region) => !isKnownRegion(region));
  if (unknown !== undefined) return `"${unknown}" is not a region`;
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice !== undefined) return `"${twice}" is named twice`;
  return regions.length > MOST_REGIONS
    ? `these are ${regions.length} regions, at most ${MOST_REGIONS} are asked`
    : undefined;
}
