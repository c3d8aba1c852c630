import { z } from 'zod';
import { artifactRefSchema } from './artifact';
import { regionIdSchema } from './region';

/**
 * The stacks of a deployment, in the order in which they are made. `preview` and `global` hold the same kind of
 * records, for the preview hostname and for the production hostname: nothing but `global` brings production traffic.
 */
export const stackKindSchema = z.enum(['base', 'connectivity', 'data', 'preview', 'global']);
export type StackKind = z.infer<typeof stackKindSchema>;

export const stackRefSchema = z.object({
  account: z.string(),
  region: regionIdSchema,
  kind: stackKindSchema,
  name: z.string().describe('unique in its account and region, for example "orders-staging-base"'),
});
export type StackRef = z.infer<typeof stackRefSchema>;

/** A parameter is a literal, or the output of another stack that is known only once that one exists. */
export const symbolicParameterSchema = z.union([
  z.object({ value: z.string() }),
  z.object({ output: z.object({ region: regionIdSchema, kind: stackKindSchema, name: z.string() }) }),
]);
export type SymbolicParameter = z.infer<typeof symbolicParameterSchema>;

/** One rendered stack: what will be applied where. The digest covers template and symbolic parameters. */
export const stackArtifactSchema = z.object({
  ref: stackRefSchema,
  template: artifactRefSchema,
  parameters: z.record(z.string(), symbolicParameterSchema),
  resources: z.number().int(),
  resourceTypes: z.record(z.string(), z.number().int()).describe('how many resources of each type'),
  digest: z.string().length(64),
});
export type StackArtifact = z.infer<typeof stackArtifactSchema>;

/** What stood where a stack is about to be written. Compensation is a function of this (see compensation.ts). */
export const beforeImageSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('absent') }),
  z.object({
    state: z.literal('present'),
    template: artifactRefSchema,
    parameters: z.record(z.string(), z.string()),
    generation: z.number().int().describe('the generation that made or last changed it; 0 when not ours'),
  }),
]);
export type BeforeImage = z.infer<typeof beforeImageSchema>;

export const stackStatusSchema = z.enum(['absent', 'creating', 'ready', 'updating', 'deleting', 'failed']);
export type StackStatus = z.infer<typeof stackStatusSchema>;

/** A stack as the platform sees it. */
export const stackDescriptionSchema = z.object({
  ref: stackRefSchema,
  status: stackStatusSchema,
  reason: z.string().optional().describe('the provider’s own words when status is failed'),
  outputs: z.record(z.string(), z.string()),
  parameters: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  templateSha256: z.string().optional(),
  skipped: z
    .array(z.string())
    .optional()
    .describe('resources that a rollback had to leave out on the way: they may differ from the template'),
});
export type StackDescription = z.infer<typeof stackDescriptionSchema>;

/** One value of a resource before and after. */
export const changedValueSchema = z.object({
  path: z.string().describe('within the properties of the resource, joined by dots'),
  from: z.string().optional().describe('shortened text; absent: it was not there'),
  to: z.string().optional().describe('shortened text; absent: it is no more'),
});
export type ChangedValue = z.infer<typeof changedValueSchema>;

/** One line of a plan: `+` create, `~` change, `-` delete, `±` replace. */
export const plannedChangeSchema = z.object({
  action: z.enum(['create', 'change', 'delete', 'replace']),
  resource: z.string(),
  type: z.string(),
  properties: z.array(z.string()).max(20).optional().describe('paths of the properties that change'),
  values: z
    .array(changedValueSchema)
    .optional()
    .describe('which values become which, as far as the templates say it; at most 10'),
  possible: z
    .literal(true)
    .optional()
    .describe('the replacement is not certain: it depends on values that are known only when the change is made'),
});
export type PlannedChange = z.infer<typeof plannedChangeSchema>;

/** How a stack differs from its template: somebody changed or removed something by hand. */
export const stackDriftSchema = z.object({
  ref: stackRefSchema,
  drifted: z.array(
    z.object({
      resource: z.string(),
      type: z.string(),
      kind: z.enum(['changed', 'deleted']),
      differences: z.array(z.object({ path: z.string(), expected: z.string(), actual: z.string() })),
    }),
  ),
});
export type StackDrift = z.infer<typeof stackDriftSchema>;

/** Tags that Meridian puts on everything it makes; ownership is decided by them together with the intent. */
export const TAG_APPLICATION = 'meridian:application';
export const TAG_ENVIRONMENT = 'meridian:environment';
export const TAG_GENERATION = 'meridian:generation';
