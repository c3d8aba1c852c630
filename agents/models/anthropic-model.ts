import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type {
  Message,
  MessageCountTokensParams,
  OutputConfig,
  StopReason,
  Usage,
} from '@anthropic-ai/sdk/resources/messages';
import { type ModelFact, modelFact } from '../../catalog/models';
import { answerSchema } from '../answer-schemas';
import type { ModelStopReason } from '../loop/model-turn';
import type { Model, ModelAnswer, ModelCall } from './model';
import { classifyModelFailure } from './model-failure';

/** A structured answer of a few hundred tokens takes seconds; a lost one is charged in full, so waiting is cheaper. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Counting is only a second opinion on the estimate. */
const COUNT_TIMEOUT_MS = 5_000;
/** Named so that no variable of the environment decides where prompts are sent. */
const DEFAULT_BASE_URL = 'https://api.anthropic.com';

export interface AnthropicModelOptions {
  model: string;
  apiKey: string;
  baseUrl?: string;
  answerTimeoutMs?: number;
}

/** A Claude model behind the Messages API. Throws a RangeError for a model that the catalog does not know. */
export function createAnthropicModel({ model, apiKey, baseUrl, answerTimeoutMs }: AnthropicModelOptions): Model {
  const fact = modelFact(model);
  if (!fact) throw new RangeError(`model "${model}" is not in the catalog`);
  const client = new Anthropic({
    apiKey,
    authToken: null,
    baseURL: baseUrl ?? DEFAULT_BASE_URL,
    maxRetries: 0,
    timeout: answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    logLevel: 'off',
  });
  return {
    id: fact.id,
    create: async ({ maxTokens, signal, ...call }) =>
      toAnswer(await client.messages.create({ ...promptParams(fact, call), max_tokens: maxTokens }, { signal })),
    countTokens: async ({ signal, ...call }) =>
      (await client.messages.countTokens(promptParams(fact, call), { signal, timeout: COUNT_TIMEOUT_MS })).input_tokens,
    classify: classifyModelFailure,
  };
}

/** What is counted is what is sent, but for `max_tokens`. */
function promptParams(fact: ModelFact, { system, user, schemaId }: ModelCall): MessageCountTokensParams {
  const output_config: OutputConfig = {};
  if (fact.effort) output_config.effort = 'low';
  if (schemaId) {
    const { type, schema } = zodOutputFormat(answerSchema(schemaId));
    output_config.format = { type, schema };
  }
  return {
    model: fact.id,
    system,
    messages: [{ role: 'user', content: user }],
    ...(Object.keys(output_config).length > 0 ? { output_config } : {}),
    ...thinkingOff(fact),
  };
}

function thinkingOff({ id, thinkingOff }: ModelFact): Pick<MessageCountTokensParams, 'thinking'> {
  switch (thinkingOff) {
    case 'disabled':
    case 'between_tools':
      return { thinking: { type: thinkingOff } };
    case 'off-unless-asked':
      return {};
    case 'impossible':
      throw new RangeError(`model "${id}" cannot turn its thinking off`);
  }
}

function toAnswer({ content, stop_reason, usage }: Message): ModelAnswer {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    stopReason: toStopReason(stop_reason),
    inputTokens: billedInputTokens(usage),
    outputTokens: usage.output_tokens,
  };
}

function billedInputTokens(usage: Usage): number {
  return usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
}

/** The words are the same today; a new one of the provider becomes `unknown` instead of passing unseen. */
function toStopReason(reason: StopReason | null): ModelStopReason {
  switch (reason) {
    case 'end_turn':
    case 'max_tokens':
    case 'stop_sequence':
    case 'tool_use':
    case 'pause_turn':
    case 'refusal':
    case 'model_context_window_exceeded':
      return reason;
    default:
      return 'unknown';
  }
}
