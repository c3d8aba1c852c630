import { z } from 'zod';

/** Where Meridian can deploy. `lab` is the embedded cloud, `fake` is in memory, for tests. */
export const platformKindSchema = z.enum(['lab', 'aws', 'fake']);
export type PlatformKind = z.infer<typeof platformKindSchema>;

/** What a region is for. The words are used in requests, plans, reports and the Web UI alike. */
export const regionRoleSchema = z.enum(['primary', 'standby', 'active', 'replica', 'shard']);
export type RegionRole = z.infer<typeof regionRoleSchema>;

/** A cloud region id, for example `eu-west-1`. Whether it exists is a catalog question, not a matter of shape. */
export const regionIdSchema = z
  .string()
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'must look like a region id, for example "eu-west-1"');
export type RegionId = string;
