import type { z } from 'zod';
import { FAILURE_ANSWER_SCHEMA_ID, failureAnswerSchema } from './failure-analyst/answer-schema';
import { INTAKE_ANSWER_SCHEMA_ID, intakeAnswerSchema } from './intake/answer-schema';
import { ROLLOUT_ANSWER_SCHEMA_ID, rolloutAnswerSchema } from './regional-deployer/answer-schema';
import { REPLICATION_ANSWER_SCHEMA_ID, replicationAnswerSchema } from './replication-engineer/answer-schema';
import { TOPOLOGY_ANSWER_SCHEMA_ID, topologyAnswerSchema } from './topology-architect/answer-schema';
import { VALIDATION_ANSWER_SCHEMA_ID, validationAnswerSchema } from './validation-analyst/answer-schema';

/** Every schema that a model may be asked to answer in, by the id that travels between workflow and activity. */
const ANSWER_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  [INTAKE_ANSWER_SCHEMA_ID]: intakeAnswerSchema,
  [TOPOLOGY_ANSWER_SCHEMA_ID]: topologyAnswerSchema,
  [ROLLOUT_ANSWER_SCHEMA_ID]: rolloutAnswerSchema,
  [REPLICATION_ANSWER_SCHEMA_ID]: replicationAnswerSchema,
  [VALIDATION_ANSWER_SCHEMA_ID]: validationAnswerSchema,
  [FAILURE_ANSWER_SCHEMA_ID]: failureAnswerSchema,
};

/** Throws a RangeError for an id that no agent has. */
export function answerSchema(id: string): z.ZodType {
  const schema = Object.hasOwn(ANSWER_SCHEMAS, id) ? ANSWER_SCHEMAS[id] : undefined;
  if (!schema)
    throw new RangeError(`answer schema "${id}" is unknown; known are ${Object.keys(ANSWER_SCHEMAS).join(', ')}`);
  return schema;
}
