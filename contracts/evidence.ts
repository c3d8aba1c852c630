import { z } from 'zod';

/**
 * Where a statement comes from. A lab measurement is never shown as an AWS one: `lab` and `emulator` say which
 * stand-in answered, `catalog` is a dated fact, `template` was read off a rendered artifact.
 */
export const evidenceSourceSchema = z.enum(['lab', 'emulator', 'aws', 'fake', 'catalog', 'template', 'artifact']);
export type EvidenceSource = z.infer<typeof evidenceSourceSchema>;

/** One measurement: what was seen, by what, when, and of which generation of the deployment. */
export const evidenceSchema = z.object({
  source: evidenceSourceSchema,
  measured: z.string().describe('the measurement in words and numbers, units included'),
  at: z.string().describe('ISO time of the measurement'),
  generation: z.number().int().positive(),
});
export type Evidence = z.infer<typeof evidenceSchema>;
