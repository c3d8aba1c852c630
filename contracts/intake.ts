import { z } from 'zod';
import { ledgerEntrySchema, TOKEN_LIMITS } from './ledger';
import { platformKindSchema } from './region';
import { deploymentRequestSchema } from './request';

/** A sentence may be as long as the notes of a request, where it is kept. Longer texts belong into a request file. */
export const SENTENCE_MAX_CHARACTERS = 2_000;

/** What a sentence can say about a deployment; also the names under which questions are answered. */
export const intakeKeySchema = z.enum([
  'application',
  'environment',
  'criticality',
  'platform',
  'hostname',
  'users',
  'percentile',
  'latency',
  'timed',
  'frameworks',
  'personal-data',
  'residency',
  'budget',
  'rto',
  'rpo',
  'regions',
  'excluded',
  'image',
  'stores',
  'consistency',
]);
export type IntakeKey = z.infer<typeof intakeKeySchema>;

const requestShape = deploymentRequestSchema.shape;
const storeShape = requestShape.dataStores.unwrap().element.shape;

/** What was said, read: every field only when it was. */
export const requestFactsSchema = z
  .object({
    application: requestShape.application,
    environment: requestShape.environment,
    criticality: z.enum(['standard', 'critical']),
    platform: platformKindSchema,
    hostname: requestShape.hostname,
    users: z.array(z.object({ area: z.string(), share: z.number().optional() })).min(1),
    percentile: z.number(),
    latencyMs: z.number().positive(),
    timed: z.enum(['read', 'write']),
    frameworks: z.array(z.string()),
    personalData: z.boolean(),
    residency: z.array(z.string()).describe('empty: it was said that there is no such rule'),
    budgetUsd: z.number().positive().describe('a month'),
    rtoSeconds: z.number().positive(),
    rpoSeconds: z.number().min(0),
    regions: z.array(z.string()),
    excluded: z.array(z.string()),
    image: z.string().min(1).max(300),
    stores: z.array(
      z.object({
        engine: storeShape.engine,
        name: z.string().optional(),
        storageGb: storeShape.storageGb.unwrap().optional(),
      }),
    ),
    consistency: z.enum(['strong', 'eventual', 'causal']),
  })
  .partial();
export type RequestFacts = z.infer<typeof requestFactsSchema>;

/** Something that the sentence says, or should, and that could not be read for certain: it is asked. */
export const unclearSchema = z.object({ key: intakeKeySchema, why: z.string() });
export type Unclear = z.infer<typeof unclearSchema>;

/** What became of a sentence: what was read, by whom, and what that cost. */
export const readRequestResultSchema = z.object({
  /** in one line, without control characters */
  sentence: z.string(),
  facts: requestFactsSchema,
  unclear: z.array(unclearSchema),
  /** said to the person, and asked about no further */
  remarks: z.array(z.string()),
  decidedBy: z.enum(['model', 'rules']),
  model: z.string().optional().describe('when a model read it'),
  because: z.string().optional().describe('why rules read it'),
  entries: z.array(ledgerEntrySchema),
});
export type ReadRequestResult = z.infer<typeof readRequestResultSchema>;

export interface ReadRequestInput {
  sentence: string;
}

/** Three packings of the sentence, each tried three times, leave at most nine. */
const MOST_ENTRIES = 12;
/** Estimates can be short, so an honest reading can cost more than its limit; this is more than any can. */
const MOST_TOKENS = 2 * TOKEN_LIMITS.intake;
const name = z.string().max(300);

/** A model's turn on the sentence, as far as a client is believed. */
const intakeEntrySchema = ledgerEntrySchema.extend({
  ...{ account: z.literal('intake'), agent: name, model: name, rung: name.optional(), detail: z.string().max(1_000) },
});

/**
 * Where a request came from when it was a sentence. The tokens that were spent on reading it count against those of
 * the deployment. Whoever sends this is believed about tokens within bounds, because they can only make the
 * deployment's own room smaller; what they cost is computed again.
 */
export const intakeSchema = z
  .object({
    sentence: z.string().min(1).max(SENTENCE_MAX_CHARACTERS),
    assumed: z.array(z.string().max(1_000)).max(30),
    entries: z.array(intakeEntrySchema).max(MOST_ENTRIES),
  })
  .refine(
    ({ entries }) =>
      entries.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0) <= MOST_TOKENS,
    { path: ['entries'], message: `must be at most ${MOST_TOKENS} tokens in all` },
  );
export type Intake = z.infer<typeof intakeSchema>;
