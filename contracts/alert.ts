import { z } from 'zod';
import { regionIdSchema } from './region';

/** Seed 003's three kinds: critical is told at once, warnings are collected for 15 minutes, the rest for an hour. */
export const severitySchema = z.enum(['critical', 'warning', 'info']);
export type Severity = z.infer<typeof severitySchema>;

/** One cause that people should know of. While it lasts it is one alert, however often it is seen. */
export const alertSchema = z.object({
  id: z.string().describe('a1, a2, … in one watch'),
  key: z.string().describe('the cause, for example "lag/eu-west-1/orders"'),
  severity: severitySchema,
  title: z.string().max(200),
  detail: z.string().max(600).describe('the latest words about it'),
  region: regionIdSchema.optional(),
  next: z.string().optional().describe('what a person can do about it: a command'),
  openedAt: z.string(),
  closedAt: z.string().optional().describe('absent while the cause lasts'),
  toldAt: z.string().optional(),
  recoveryToldAt: z.string().optional(),
  acknowledged: z.object({ by: z.string(), at: z.string() }).optional(),
  escalations: z.number().int().nonnegative(),
});
export type Alert = z.infer<typeof alertSchema>;

/** One message to people about some alerts, told once. Whoever carries it may repeat it under its id. */
export const noticeSchema = z.object({
  id: z.string().describe('stable: n1, n2, … in one watch'),
  kind: z.enum(['opened', 'escalated', 'recovered']),
  severity: severitySchema,
  at: z.string(),
  alerts: z.array(z.string()).min(1).describe('ids of alerts'),
});
export type Notice = z.infer<typeof noticeSchema>;

/** All alerts that are open, some that are closed, and the latest messages about them. */
export const alertBookSchema = z.object({
  alerts: z.array(alertSchema),
  notices: z.array(noticeSchema),
  count: z.number().int().nonnegative().describe('numbers given out so far'),
});
export type AlertBook = z.infer<typeof alertBookSchema>;

export const acknowledgeAlertInputSchema = z.object({
  alertId: z.string().min(1).max(40),
  by: z
    .string()
    .min(1)
    .max(128)
    .regex(/^\P{Cc}+$/u, 'must be one line of text'),
});
export type AcknowledgeAlertInput = z.infer<typeof acknowledgeAlertInputSchema>;
