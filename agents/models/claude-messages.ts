import { AnthropicError } from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type {
  Message,
  MessageCountTokensParams,
  OutputConfig,
  StopReason,
  Usage,
} from '@anthropic-ai/sdk/resources/messages';
import type { ThinkingOff } from '../../catalog/models';
import { answerSchema } from '../answer-schemas';
import type { ModelStopReason } from '../loop/model-turn';
import type { ModelAnswer, ModelCall } from './model';
import { ModelCallError } from './model-failure';

/** A structured answer of a few hundred tokens takes seconds; a lost one is charged in full, so waiting is cheaper. */
export const ANSWER_TIMEOUT_MS = 60_000;
/** Counting is only a second opinion on the estimate. */
export const COUNT_TIMEOUT_MS = 5_000;
/** No `max_tokens` of ours has room for more; what is longer fits into no history, and costs its reader seconds. */
const LONGEST_ANSWER_CHARACTERS = 20_000;

/** How a provider takes a model: what differs between the places where Claude answers. */
export interface ClaudeModel {
  /** the model's id in this place */
  id: string;
  thinkingOff: ThinkingOff;
  effort: boolean;
  /** the schema is enforced while the answer is written; otherwise it stands in the prompt, and only we check it */
  structuredOutputs: boolean;
}

/** What is counted is what is sent, but for `max_tokens`. Throws a ModelCallError for a schema that no agent here has. */
export function promptParams(model: ClaudeModel, { system, user, schemaId }: ModelCall): MessageCountTokensParams {
  const output_config: OutputConfig = {};
  if (model.effort) output_config.effort = 'low';
  const format = schemaId === undefined ? undefined : zodOutputFormat(knownSchema(schemaId));
  if (format && model.structuredOutputs) output_config.format = { type: format.type, schema: format.schema };
  return {
    model: model.id,
    system: format && !model.structuredOutputs ? `${system}\n${schemaInWords(format.schema)}` : system,
    messages: [{ role: 'user', content: user }],
    ...(Object.keys(output_config).length > 0 ? { output_config } : {}),
    ...thinkingOff(model),
  };
}

/** The workflow may come from a worker of another version. */
function knownSchema(schemaId: string): ReturnType<typeof answerSchema> {
  try {
    return answerSchema(schemaId);
  } catch {
    throw new ModelCallError({
      outcome: 'not-billed',
      failureType: 'Model.Misconfigured',
      brief: 'unknown schema',
      message: `this worker knows no answer schema "${schemaId}", nothing was sent; run the same version on every worker`,
    });
  }
}

/** Costs about what a provider adds for a schema that it enforces; the ledger has reserved for that. */
function schemaInWords(schema: object): string {
  return `answer with one json object and nothing else, valid by this schema: ${JSON.stringify(schema)}`;
}

function thinkingOff({ id, thinkingOff }: ClaudeModel): Pick<MessageCountTokensParams, 'thinking'> {
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

/**
 * Throws an AnthropicError for a body that is no message (an error may arrive after the status 200 has left), and for an
 * answer whose usage is missing or cannot be true: nobody knows what it cost.
 */
export function toAnswer(message: Message): ModelAnswer {
  const { content, stop_reason, usage } = message;
  if (!Array.isArray(content)) {
    throw new AnthropicError(`the provider broke its answer off: ${JSON.stringify(message)}`);
  }
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  if (!isCountable(usage) || billedInputTokens(usage) === 0 || (text !== '' && usage.output_tokens === 0)) {
    throw new AnthropicError(
      `the provider does not say what its answer cost: usage is ${usage ? JSON.stringify(usage) : 'missing'}`,
    );
  }
  return {
    text: withoutFence(text.slice(0, LONGEST_ANSWER_CHARACTERS)),
    stopReason: text.length > LONGEST_ANSWER_CHARACTERS ? 'max_tokens' : toStopReason(stop_reason),
    inputTokens: billedInputTokens(usage),
    outputTokens: usage.output_tokens,
  };
}

/** A model that was asked for JSON in words likes to put it into a code block. */
function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*(\{[\s\S]*\})\s*```\s*$/.exec(text)?.[1] ?? text;
}

function isCountable(usage: Usage | undefined): usage is Usage {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage ?? {};
  const counts = [input_tokens, output_tokens, cache_creation_input_tokens ?? 0, cache_read_input_tokens ?? 0];
  return counts.every((tokens) => Number.isSafeInteger(tokens) && Number(tokens) >= 0);
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
