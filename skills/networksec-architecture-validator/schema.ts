import { z } from 'zod';
import type { Finding } from '../../contracts/finding';
import { regionSpecSchema } from '../../contracts/region-spec';
import { stackRefSchema } from '../../contracts/stack';

export const validateSecurityInputSchema = z.object({
  specs: z.array(regionSpecSchema),
  stacks: z.array(z.object({ ref: stackRefSchema, template: z.string() })),
  residency: z.object({
    jurisdictions: z.array(z.string()).describe('jurisdictions that personal data may not leave; empty: anywhere'),
    personalStores: z.array(z.string()).describe('data stores that hold personal data'),
  }),
});
export type ValidateSecurityInput = z.infer<typeof validateSecurityInputSchema>;

/** What a rule looks at: the region specs, every rendered resource, and where personal data may be. */
export interface SecurityFacts {
  specs: ValidateSecurityInput['specs'];
  resources: RenderedResource[];
  residency: ValidateSecurityInput['residency'];
}

export interface RenderedResource {
  /** `region/stack kind/logical id` */
  where: string;
  /** all resources of one stack share this */
  stack: string;
  logicalId: string;
  type: string;
  properties: Record<string, unknown>;
}

/** A pure rule: looks at everything, says what is wrong and how to mend it. */
export type SecurityRule = (facts: SecurityFacts) => Finding[];
