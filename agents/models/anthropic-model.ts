import Anthropic from '@anthropic-ai/sdk';
import { modelFact } from '../../catalog/models';
import { ANSWER_TIMEOUT_MS, type ClaudeModel, COUNT_TIMEOUT_MS, promptParams, toAnswer } from './claude-messages';
import type { Model } from './model';
import { classifyModelFailure } from './model-failure';
import { withinTime } from './time-limit';
import { unsentFetch } from './unsent-fetch';

/** Named so that no variable of the environment decides where prompts are sent. */
const DEFAULT_BASE_URL = 'https://api.anthropic.com';

export interface AnthropicModelOptions {
  model: string;
  apiKey: string;
  baseUrl?: string;
  answerTimeoutMs?: number;
  connectTimeoutMs?: number;
}

/** A Claude model behind the Messages API. Throws a RangeError for a model that the catalog does not know. */
export function createAnthropicModel(options: AnthropicModelOptions): Model {
  const { model, apiKey, baseUrl, answerTimeoutMs = ANSWER_TIMEOUT_MS } = options;
  const fact = modelFact(model);
  if (!fact) throw new RangeError(`model "${model}" is not in the catalog`);
  const claude: ClaudeModel = { ...fact, structuredOutputs: true };
  const client = new Anthropic({
    apiKey,
    authToken: null,
    baseURL: baseUrl ?? DEFAULT_BASE_URL,
    maxRetries: 0,
    fetch: unsentFetch(options.connectTimeoutMs),
    logLevel: 'off',
    openTelemetry: false,
  });
  return {
    id: fact.id,
    create: async ({ maxTokens, signal, ...call }) => {
      const params = { ...promptParams(claude, call), max_tokens: maxTokens };
      return toAnswer(await withinTime(answerTimeoutMs, signal, (options) => client.messages.create(params, options)));
    },
    countTokens: async ({ signal, ...call }) => {
      const params = promptParams(claude, call);
      const limitMs = Math.min(COUNT_TIMEOUT_MS, answerTimeoutMs);
      return (await withinTime(limitMs, signal, (options) => client.messages.countTokens(params, options)))
        .input_tokens;
    },
    classify: (error) => classifyModelFailure(error, [apiKey]),
  };
}
