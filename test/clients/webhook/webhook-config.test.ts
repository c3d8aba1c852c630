import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWebhookConfig, readWebhookConfig } from '../../../clients/webhook/webhook-config';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

test('ports, events and lists have defaults', () => {
  expect(
    parseWebhookConfig(`endpoints: [{ name: portal, url: 'https://portal.example.com/hook', secret: ${secret} }]`, 'f'),
  ).toEqual({
    ...{ port: 8475, host: '127.0.0.1', sources: [] },
    endpoints: [
      {
        ...{ name: 'portal', url: 'https://portal.example.com/hook', secret },
        events: ['approval.waiting', 'deployment.ended', 'deployment.alert', 'health.alert'],
      },
    ],
  });
});

test.each([
  [
    'endpoints: [{ name: portal, url: nowhere, secret: x }]',
    /endpoints\.0\.url: .*endpoints\.0\.secret: must be "whsec_"/,
  ],
  ['endpoint: []', /the file: Unrecognized key: "endpoint"/],
  [`sources: [{ name: a, secret: ${secret} }, { name: a, secret: ${secret} }]`, /the source a is there twice/],
  ['sources: [', /neither YAML nor JSON/],
])('%s is refused', (text, reason) => {
  expect(() => parseWebhookConfig(text, 'webhooks.yaml')).toThrow(reason);
});

test('a refused secret is not shown', () => {
  expect(() => parseWebhookConfig('sources: [{ name: a, secret: hunter2 }]', 'f')).not.toThrow(/hunter2/);
});

test('the file must be named, and be its owner’s alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-webhooks-'));
  const file = join(folder, 'webhooks.yaml');
  writeFileSync(file, '{}', { mode: 0o600 });
  expect((await readWebhookConfig(file)).sources).toEqual([]);
  chmodSync(file, 0o644);
  await expect(readWebhookConfig(file)).rejects.toMatchObject({ hint: `chmod 600 ${file}` });
  await expect(readWebhookConfig(undefined)).rejects.toThrow('MERIDIAN_WEBHOOKS is not set');
  rmSync(folder, { recursive: true });
});
