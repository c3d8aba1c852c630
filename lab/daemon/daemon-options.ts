import { z } from 'zod';
import { plantedFaultSchema } from './daemon-protocol';

/** A service has this long to become healthy in a region, unless a lab is started with another value. */
const STABILISE_MS = 30_000;

export const daemonOptionsSchema = z.object({
  home: z.string().optional().describe('an empty or absent folder; default: a new one in the temporary folder'),
  planted: z.array(plantedFaultSchema).default([]),
  stabiliseMs: z.number().int().positive().default(STABILISE_MS),
  lifetime: z.enum(['parent', 'own']).default('parent').describe('`parent`: ends when the IPC channel does'),
});
export type DaemonOptions = z.infer<typeof daemonOptionsSchema>;
export type DaemonOptionsInput = z.input<typeof daemonOptionsSchema>;

/** What a daemon tells its parent once it answers. */
export interface DaemonReady {
  ready: true;
  port: number;
  home: string;
  pid: number;
}

/** What it says instead when it cannot start. */
export interface DaemonFailed {
  failed: string;
}
