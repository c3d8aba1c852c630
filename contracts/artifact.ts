import { z } from 'zod';

/**
 * A pointer to something too large for a workflow history: a template, a transcript, a report.
 * The digest is the identity; the uri only says where a copy is.
 */
export const artifactRefSchema = z.object({
  uri: z.string(),
  sha256: z.string().length(64),
  bytes: z.number().int().nonnegative(),
});
export type ArtifactRef = z.infer<typeof artifactRefSchema>;
