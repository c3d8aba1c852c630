import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseWebhookConfig } from '../../clients/webhook/webhook-config';
import { readApprovers } from '../../worker/read-approvers';
import { testKey } from '../support/signing-keys';

const folder = mkdtempSync(join(tmpdir(), 'meridian-approvers-'));
const file = join(folder, 'approvers.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const mira = testKey('mira-laptop', { kind: 'person', name: 'mira', aliases: ['slack:U1'] }).approver;
const slack = testKey('gateway', { kind: 'gateway', name: 'slack:', deciders: ['slack:U1'] }).approver;

function write(text: string): Promise<unknown> {
  writeFileSync(file, text);
  return readApprovers(file);
}

test('approvers are read from YAML and from JSON', async () => {
  expect(await write(stringify([mira]) + stringify([slack]))).toEqual([mira, slack]);
  expect(await write(JSON.stringify([mira]))).toEqual([mira]);
});

test.each([
  ['an empty list', [], /the file: /],
  ['no list', { approvers: [mira] }, /the file: .*expected array/],
  ['a key that is too short', [{ ...mira, publicKey: 'AAAA' }], /0\.publicKey: must be the base64 of 32/],
  ['a mistyped field', [{ ...mira, alias: ['x'] }], /0: .*"alias"/],
  ['one key twice', [mira, mira], /the key mira-laptop is there twice/],
])('a worker does not start with %s', async (_what, content, reason) => {
  await expect(write(stringify(content))).rejects.toThrow(reason);
});

test('a file that is not there is named with its variable', async () => {
  await expect(readApprovers(join(folder, 'none.yaml'))).rejects.toThrow(
    /MERIDIAN_APPROVERS is .*none\.yaml, which cannot be read/,
  );
});

test('the files in docs/approvals.md are such files', async () => {
  const page = readFileSync(join(__dirname, '../../docs/approvals.md'), 'utf8');
  const [approvers, webhooks] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block!);
  expect(await write(approvers!)).toHaveLength(2);
  expect(parseWebhookConfig(webhooks!, 'docs')).toMatchObject({
    endpoints: [{ name: 'portal' }],
    sources: [{ name: 'portal' }],
  });
});
