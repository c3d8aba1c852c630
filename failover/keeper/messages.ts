import { z } from 'zod';

/** What sentinels and keepers say to a keeper, as JSON over HTTP: `POST /<name>`. */

const key = z.string().min(1);
const epoch = z.number().int().positive();
/** a position in the log; bytes as text, because JSON has no integers of 64 bits */
export const positionSchema = z.object({ timeline: z.number().int(), bytes: z.string().regex(/^\d+$/) });

export const leaseSchema = z.object({
  holder: z.string().optional(),
  epoch: z.number().int().nonnegative(),
  renewal: z.number().int().nonnegative(),
});

export const keeperMessages = {
  /** this region shall take the lease, if it still is this one */
  call: z.object({ key, lease: leaseSchema }),
  /** this region has the lease */
  appoint: z.object({ key, epoch }),
  /** the lease has changed: this is where writes go; `serves`: where they are taken already */
  changed: z.object({ key, lease: leaseSchema, serves: z.boolean().optional() }),
  /** the holder has stopped for this region: take the lease, if you hold all of the log */
  take: z.object({ key, from: z.object({ holder: z.string(), epoch }), epoch, position: positionSchema }),
  /** the holder is about to stop for this region: ask what can be asked beforehand */
  ready: z.object({ key }),
  describe: z.object({ key }),
} as const;

export type KeeperMessageName = keyof typeof keeperMessages;

export const keeperDescriptionSchema = z.object({
  mode: z.enum(['idle', 'promoting', 'serving', 'stopping']),
  epoch: z.number().int().nonnegative(),
  role: z.enum(['none', 'primary', 'standby']),
  position: positionSchema.optional(),
});
export type KeeperDescription = z.infer<typeof keeperDescriptionSchema>;
