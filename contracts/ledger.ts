import { z } from 'zod';

/** Budgets exist for the four steps, for intake and for failure analysis. */
export const ledgerAccountSchema = z.enum(['intake', 'topology', 'regions', 'replication', 'validation', 'failure']);
export type LedgerAccount = z.infer<typeof ledgerAccountSchema>;

/** Token limits per account (seed 004 for the steps) and for the whole deployment. Unit: tokens, input plus output. */
export const TOKEN_LIMITS: Record<LedgerAccount, number> = {
  intake: 1_300,
  topology: 2_000,
  regions: 4_000,
  replication: 3_000,
  validation: 1_500,
  failure: 1_100,
};
export const TOKEN_LIMIT_TOTAL = 12_000;

/** One model turn as the ledger saw it: what was reserved before, what was settled after. */
export const ledgerEntrySchema = z.object({
  account: ledgerAccountSchema,
  agent: z.string(),
  purpose: z.enum(['answer', 'repair']),
  model: z.string(),
  rung: z.string().optional().describe('how much of its facts the model was shown, for example "10 of 30 regions"'),
  estimatedInput: z.number().int().nonnegative(),
  maxTokens: z.number().int().nonnegative(),
  outcome: z.enum(['answered', 'not-billed', 'unknown']),
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  usd: z.number().nonnegative(),
  detail: z.string().describe('how the turn ended: the stop reason, or what went wrong'),
});
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** The ledger as reports and queries show it. */
export const ledgerSummarySchema = z.object({
  limit: z.number(),
  used: z.number(),
  usd: z.number(),
  accounts: z.array(z.object({ account: ledgerAccountSchema, limit: z.number(), used: z.number() })),
  entries: z.array(ledgerEntrySchema),
  calibration: z
    .array(z.object({ model: z.string(), ratio: z.number() }))
    .describe('per model, the largest actual input divided by its estimate, where that was above one'),
  alarms: z.array(z.string()).describe('models whose input cost more than the slack of the budget covers'),
});
export type LedgerSummary = z.infer<typeof ledgerSummarySchema>;
