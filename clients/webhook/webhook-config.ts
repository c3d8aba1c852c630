import { parse } from 'yaml';
import { z } from 'zod';
import { ClientProblem } from '../client-problem';
import { readSecretFile } from '../signing/secret-file';
import { SECRET } from './standard-webhook';

export const EVENT_TYPES = ['approval.waiting', 'deployment.ended', 'deployment.alert', 'health.alert'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const secretSchema = z.string().regex(SECRET, 'must be "whsec_" and the base64 of 24 to 64 bytes');
const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be lower-case letters, digits or dashes');

const webhookConfigSchema = z.strictObject({
  port: z.number().int().min(0).max(65_535).default(8475),
  host: z.string().default('127.0.0.1'),
  endpoints: z
    .array(
      z.strictObject({
        name: nameSchema,
        url: z.url({ protocol: /^https?$/ }),
        secret: secretSchema,
        events: z
          .array(z.enum(EVENT_TYPES))
          .min(1)
          .default([...EVENT_TYPES]),
      }),
    )
    .default([])
    .describe('who is told what happens'),
  sources: z
    .array(z.strictObject({ name: nameSchema, secret: secretSchema }))
    .default([])
    .describe('who may send decisions of people it has authenticated'),
});
export type WebhookConfig = z.infer<typeof webhookConfigSchema>;
export type Endpoint = WebhookConfig['endpoints'][number];
export type Source = WebhookConfig['sources'][number];

/** Reads the file named by MERIDIAN_WEBHOOKS, YAML or JSON. Throws a ClientProblem; secrets are not shown. */
export async function readWebhookConfig(file: string | undefined): Promise<WebhookConfig> {
  if (file === undefined)
    throw new ClientProblem('bad-input', 'MERIDIAN_WEBHOOKS is not set', 'docs/approvals.md shows such a file');
  return parseWebhookConfig(await readSecretFile(file, 'the file of MERIDIAN_WEBHOOKS'), file);
}

export function parseWebhookConfig(text: string, file: string): WebhookConfig {
  const parsed = webhookConfigSchema.safeParse(parseYaml(text, file));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new ClientProblem('bad-input', `${file} is not valid: ${problems.join('; ')}`);
  }
  const names = parsed.data.sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ClientProblem('bad-input', `${file} is not valid: the source ${twice} is there twice`);
  return parsed.data;
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new ClientProblem('bad-input', `${file} is neither YAML nor JSON: ${(error as Error).message}`);
  }
}
