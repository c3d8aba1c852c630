import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type BedrockModelFact, type BedrockRouting, bedrockModelFact, inferenceProfile } from '../../catalog/bedrock';
import { modelFact } from '../../catalog/models';
import { ANSWER_TIMEOUT_MS, type ClaudeModel, COUNT_TIMEOUT_MS, promptParams, toAnswer } from './claude-messages';
import type { Model, ModelCall } from './model';
import { classifyModelFailure } from './model-failure';
import { type RegionBreaker, regionBreaker } from './region-breaker';
import { askRegions } from './regional-failover';
import { withinTime } from './time-limit';
import { unsentFetch } from './unsent-fetch';

/** Named so that no variable of the environment decides where prompts are sent. */
const DEFAULT_ENDPOINT = 'https://bedrock-runtime.{region}.amazonaws.com';
/** The version that bedrock-runtime documents for every model; the SDK's own default is refused for older ones. */
const API_VERSION = 'bedrock-2023-05-31';
/** The preferred region is given up sooner than the ones that stand in for it. */
const PREFERRED_THRESHOLD = 3;
const OTHER_THRESHOLD = 5;

export interface BedrockModelOptions {
  model: string;
  /** the only ones that are asked; the first is preferred */
  regions: readonly string[];
  routing: BedrockRouting;
  /** `{region}` stands for the region; default: Amazon's own endpoints */
  endpoint?: string;
  /** an API key of Bedrock; absent: the credentials that every AWS tool finds */
  bearerToken?: string;
  answerTimeoutMs?: number;
  connectTimeoutMs?: number;
  halfOpenAfterMs?: number;
}

/** One region: its client, the model's id there, and whether it is worth asking. */
interface Region {
  region: string;
  client: AnthropicBedrock;
  claude: ClaudeModel;
  breaker: RegionBreaker;
}

/**
 * A Claude model on Amazon Bedrock, asked in several regions one after the other. Throws a RangeError for a model or a
 * region that agents/models/model-config.ts refuses.
 */
export function createBedrockModel(options: BedrockModelOptions): Model {
  const fact = bedrockModelFact(options.model);
  if (!fact) throw new RangeError(`model "${options.model}" is not known on Bedrock`);
  const { answerTimeoutMs = ANSWER_TIMEOUT_MS } = options;
  const credentials = rememberedCredentials();
  const bearer = options.bearerToken ? [options.bearerToken] : [];
  const classify = (error: unknown) => classifyModelFailure(error, [...bearer, ...credentials.secrets()]);
  const regions = options.regions.map((region, index): Region => {
    const threshold = index === 0 ? PREFERRED_THRESHOLD : OTHER_THRESHOLD;
    return {
      region,
      claude: claudeInRegion(fact, region, options.routing),
      breaker: regionBreaker({ threshold, halfOpenAfterMs: options.halfOpenAfterMs, classify }),
      client: new AnthropicBedrock({
        awsRegion: region,
        baseURL: (options.endpoint ?? DEFAULT_ENDPOINT).replaceAll('{region}', region),
        apiKey: options.bearerToken ?? null,
        providerChainResolver: async () => credentials.provider,
        defaultHeaders: { 'anthropic-version': API_VERSION },
        fetch: unsentFetch(options.connectTimeoutMs),
        maxRetries: 0,
        logLevel: 'off',
        openTelemetry: false,
      }),
    };
  });
  return {
    id: fact.model,
    create: async ({ maxTokens, signal, ...call }) => {
      const asked = regions.map(({ region, breaker, client, claude }) => {
        const params = { ...promptParams(claude, call), max_tokens: maxTokens };
        const ask = async (limitMs: number) =>
          toAnswer(await withinTime(limitMs, signal, (request) => client.messages.create(params, request)));
        return { region, breaker, ask };
      });
      return askRegions(asked, { timeoutMs: answerTimeoutMs, classify });
    },
    ...(fact.countsTokens && {
      countTokens: (call) => countTokens(regions, fact, call, Math.min(COUNT_TIMEOUT_MS, answerTimeoutMs)),
    }),
    classify,
  };
}

/** One chain for all regions: it keeps credentials until they expire. What it found must not stand in any message. */
function rememberedCredentials() {
  const chain = fromNodeProviderChain();
  let secrets: string[] = [];
  const provider: typeof chain = async (properties) => {
    const found = await chain(properties);
    secrets = [found.secretAccessKey, ...(found.sessionToken ? [found.sessionToken] : []), found.accessKeyId];
    return found;
  };
  return { provider, secrets: () => secrets };
}

function claudeInRegion(fact: BedrockModelFact, region: string, routing: BedrockRouting): ClaudeModel {
  const id = inferenceProfile(fact, region, routing);
  if (!id) throw new RangeError(`model "${fact.model}" has no inference profile in the geography of ${region}`);
  const { thinkingOff, structuredOutputs } = fact;
  return { id, thinkingOff, structuredOutputs, effort: modelFact(fact.model)?.effort ?? false };
}

/** By the operation CountTokens, which takes the body of the call as it would be sent, in the first region that is up. */
async function countTokens(
  regions: readonly Region[],
  { baseId }: BedrockModelFact,
  { signal, ...call }: ModelCall,
  limitMs: number,
): Promise<number> {
  const up = regions.find(({ breaker }) => breaker.closedInMs() === 0);
  if (!up) throw new Error('no region is up');
  const { model: _, ...params } = promptParams(up.claude, call);
  const body = JSON.stringify({ anthropic_version: API_VERSION, max_tokens: 1, ...params });
  const request = {
    body: { input: { invokeModel: { body: Buffer.from(body).toString('base64') } } },
    headers: { 'anthropic-version': null },
  };
  const path = `/model/${encodeURIComponent(baseId)}/count-tokens`;
  const counted = await withinTime(limitMs, signal, (options) =>
    up.client.post<{ inputTokens: number }>(path, { ...request, ...options }),
  );
  return counted.inputTokens;
}
