import { z } from 'zod';
import { type Lease, NO_LEASE } from '../protocol/lease';

const LeaseValue = z
  .object({ holder: z.string().optional(), epoch: z.int().nonnegative(), renewal: z.int().nonnegative() })
  .transform((lease): Lease => ({ ...lease, holder: lease.holder }));

/** What is kept under a key: the lease and which change made it, so that a change asked for twice is made once. */
export const Entry = z.object({
  lease: LeaseValue,
  /** raised by one with every change */
  version: z.int().nonnegative(),
  /** names this one change among all of all stores */
  change: z.string(),
});
export type Entry = z.infer<typeof Entry>;

/** What a key that was never changed has. */
export const NO_ENTRY: Entry = { lease: NO_LEASE, version: 0, change: '' };
