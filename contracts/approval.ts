import { z } from 'zod';

/** The one approval object (DESIGN §5): what exactly is approved, by whom, until when. Single use. */
export const approvalSchema = z.object({
  id: z.string(),
  gate: z
    .enum(['decision', 'plan', 'wave', 'promotion', 'removal', 'failover', 'risk', 'drill'])
    .describe(
      '`decision`: a model did not decide, and rules may only when a person says so; `failover`: the platform proposes one; `risk`: nobody can prove that the old primary has stopped; `drill`: a fault is injected into production',
    ),
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

/** An ed25519 signature by one of the configured approvers. */
export const signatureSchema = z.object({
  keyId: z.string().min(1).max(64),
  issuedAt: z.iso.datetime().describe('too old or in the future is refused: a recorded decision cannot be replayed'),
  signature: z.string().max(128).describe('base64, 64 bytes'),
});
export type Signature = z.infer<typeof signatureSchema>;

export const decideApprovalInputSchema = z.object({
  approvalId: z.string(),
  digest: z.string().describe('the digest that the decider saw; a decision for another digest is refused'),
  decision: z.enum(['approve', 'reject']),
  by: z
    .string()
    .min(1)
    .max(128)
    .regex(/^\P{Cc}+$/u, 'must be one line of text'),
  comment: z.string().max(500).optional(),
  signature: signatureSchema.optional().describe('over decisionText; required in production'),
});
export type DecideApprovalInput = z.infer<typeof decideApprovalInputSchema>;

/** Whose signatures count. A person signs for their own name; a gateway (chat) for the people it has authenticated. */
export const approverSchema = z.object({
  keyId: z.string().min(1).max(64),
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of 32 bytes')
    .describe('ed25519, base64 of the 32 raw bytes'),
  kind: z.enum(['person', 'gateway']),
  name: z
    .string()
    .min(1)
    .describe('the person; for a gateway the prefix of the names it may sign for, such as "slack:"'),
  aliases: z
    .array(z.string().min(1))
    .optional()
    .describe('other names of this person, such as "slack:U024BE7LH": nobody approves their own request under another'),
  deciders: z
    .array(z.string().min(1))
    .optional()
    .describe('names that may decide for production through this gateway; absent: everybody it authenticates'),
});
export type Approver = z.infer<typeof approverSchema>;

/** The text that is signed for a decision. Every field that matters is in it, so that no part can be exchanged. */
export function decisionText(
  workflowId: string,
  { approvalId, digest, decision, by, comment = '' }: DecideApprovalInput,
  issuedAt: string,
): string {
  return ['meridian.decision/1', workflowId, approvalId, digest, decision, by, issuedAt, JSON.stringify(comment)].join(
    '\n',
  );
}
