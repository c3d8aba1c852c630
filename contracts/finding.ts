import { z } from 'zod';

/** One finding of the security gate. `high` blocks a deployment, the rest is reported. */
export const findingSchema = z.object({
  rule: z.string(),
  severity: z.enum(['high', 'medium', 'low']),
  where: z.string().describe('region, stack kind and resource, for example "eu-west-1/base/LoadBalancer"'),
  message: z.string(),
  fix: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;
