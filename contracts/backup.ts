import { z } from 'zod';
import { LOG_POSITION } from './log-position';
import { regionIdSchema } from './region';

/** Up to where a store is recovered: all that was archived, a time, or a position of the log (`0/3000148`). */
export const recoveryTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('latest') }),
  z.object({ kind: z.literal('time'), at: z.iso.datetime() }),
  z.object({
    kind: z.literal('lsn'),
    lsn: z.string().regex(LOG_POSITION, 'must be like 0/3000148'),
  }),
]);
export type RecoveryTarget = z.infer<typeof recoveryTargetSchema>;

/** What came of restoring a backup beside the database and comparing the rows with those of the source. */
export const backupProofSchema = z.object({
  at: z.string(),
  result: z.enum(['matches', 'differs', 'not-restorable']),
  position: z.string().optional().describe('of the log, at which both were compared'),
  rows: z.number().int().nonnegative().optional(),
  restoreMs: z.number().nonnegative().describe('from the first byte to a database that answers at the position'),
  detail: z.string(),
});
export type BackupProof = z.infer<typeof backupProofSchema>;

/** A complete copy of a store, from which and the archived log every later position can be recovered. */
export const backupSchema = z.object({
  id: z.string(),
  store: z.string(),
  takenAt: z.string().describe('ISO; when it was complete'),
  from: regionIdSchema.describe('the region whose database was copied'),
  keptIn: regionIdSchema.describe('the region whose object storage has it'),
  bytes: z.number().int().nonnegative().optional(),
  position: z.string().optional().describe('of the log, from which on it can be recovered to any later one'),
  proof: backupProofSchema.optional().describe('absent: never restored, so nobody knows whether it can be'),
});
export type Backup = z.infer<typeof backupSchema>;

/** How the log of a store is archived. */
export const archiveStateSchema = z.object({
  keptIn: regionIdSchema,
  through: z
    .object({ position: z.string().optional(), at: z.string() })
    .optional()
    .describe('the newest that is archived'),
  waiting: z.number().int().nonnegative().optional().describe('finished segments that are not archived yet'),
  lossMs: z
    .number()
    .nonnegative()
    .optional()
    .describe('age of the oldest write that a loss of all databases now would lose; 0 when all is archived'),
  breaks: z.array(z.string()).describe('segments that are missing or damaged: later ones cannot be replayed over them'),
  failure: z.string().optional().describe('why the last attempt failed, when it did'),
});
export type ArchiveState = z.infer<typeof archiveStateSchema>;

/** All backups of a store, newest first, and the log that carries them on. */
export const backupChainSchema = z.object({
  store: z.string(),
  backups: z.array(backupSchema),
  archive: archiveStateSchema.optional().describe('absent: there is none, or nobody can see it'),
});
export type BackupChain = z.infer<typeof backupChainSchema>;

/** What a restore brought back. */
export const restoreReportSchema = z.object({
  store: z.string(),
  region: regionIdSchema,
  backup: z.string(),
  target: recoveryTargetSchema,
  reached: z.object({
    position: z.string().optional(),
    at: z.string().optional().describe('all that was committed up to then came back; absent: nobody can tell'),
  }),
  timeline: z.number().int().optional(),
  rows: z.number().int().nonnegative().optional(),
  digest: z.string().optional().describe('over the rows of all tables of the application'),
  restoreMs: z.number().nonnegative(),
  notes: z.array(z.string()).describe('what a person has to know or do, in sentences'),
});
export type RestoreReport = z.infer<typeof restoreReportSchema>;

/** What is wrong with the backups of a store, for whoever is told. */
export const backupFindingSchema = z.object({
  store: z.string(),
  severity: z.enum(['critical', 'warning']),
  message: z.string(),
});
export type BackupFinding = z.infer<typeof backupFindingSchema>;

/** What the record keeps of the latest round: what failed, and what is wrong with what there is. */
export const backupStandingSchema = z.object({
  at: z.string(),
  failed: z.array(z.string()).describe('store and why, for those that could not be backed up'),
  findings: z.array(backupFindingSchema),
});
export type BackupStanding = z.infer<typeof backupStandingSchema>;

/** What a round of backups came to, or, when nothing was to be taken, what there is. */
export const backupRoundSchema = z.object({
  at: z.string(),
  chains: z.array(backupChainSchema),
  taken: z.array(z.string()).describe('store and id of the backups of this round'),
  pruned: z.number().int().nonnegative(),
  findings: z.array(backupFindingSchema),
});
export type BackupRound = z.infer<typeof backupRoundSchema>;
