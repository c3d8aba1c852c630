import type { z } from 'zod';
import { TOPOLOGY_ANSWER_SCHEMA_ID, topologyAnswerSchema } from './topology-architect/answer-schema';

/** Every schema that a model may be asked to answer in, by the id that travels between workflow and activity. */
const ANSWER_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  [TOPOLOGY_ANSWER_SCHEMA_ID]: topologyAnswerSchema,
};

/** Throws a RangeError for an id that no agent has. */
export function answerSchema(id: string): z.ZodType {
  const schema = Object.hasOwn(ANSWER_SCHEMAS, id) ? ANSWER_SCHEMAS[id] : undefined;
  if (!schema)
    throw new RangeError(`answer schema "${id}" is unknown; known are ${Object.keys(ANSWER_SCHEMAS).join(', ')}`);
  return schema;
}
