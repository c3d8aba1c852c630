import { z } from 'zod';

/** The one approval object (DESIGN §5): what exactly is approved, by whom, until when. Single use. */
export const approvalSchema = z.object({
  id: z.string(),
  gate: z.enum(['plan', 'wave', 'promotion']),
  digest: z
    .string()
    .length(64)
    .describe('of templates, symbolic parameters, account, regions, topology, cost, findings'),
  summary: z.string(),
  irreversible: z.array(z.string()),
  requester: z.string(),
  requestedAt: z.string(),
  expiresAt: z.string(),
  state: z.enum(['waiting', 'approved', 'rejected', 'expired', 'void', 'not-required']),
  decidedBy: z.string().optional(),
  decidedAt: z.string().optional(),
  comment: z.string().optional(),
  verified: z.boolean().describe('the decision carried a valid signature'),
});
export type Approval = z.infer<typeof approvalSchema>;

export const decideApprovalInputSchema = z.object({
  approvalId: z.string(),
  digest: z.string().describe('the digest that the decider saw; a decision for another digest is refused'),
  decision: z.enum(['approve', 'reject']),
  by: z.string().min(1),
  comment: z.string().max(500).optional(),
});
export type DecideApprovalInput = z.infer<typeof decideApprovalInputSchema>;
