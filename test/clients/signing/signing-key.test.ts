import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signedDecision, signedOperation } from '../../../clients/signing/signer';
import { approverEntry, createSigningKey, readSigner, readSigningKey } from '../../../clients/signing/signing-key';
import { approverSchema } from '../../../contracts/approval';
import { decisionRefusal, isVerified } from '../../../policies/decision-refusal';
import { requesterRefusal } from '../../../policies/requester-refusal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const digest = 'a'.repeat(64);
const decision = { approvalId: 'plan', digest, decision: 'approve' as const, by: 'mira' };

test('what a created key signs is what the workflow accepts from its approver', async () => {
  const key = await createSigningKey(join(folder, 'keys'), 'mira');
  const approvers = [approverSchema.parse(approverEntry(key, 'mira', 'person'))];
  const signer = await readSigner(key.file);
  const approval = {
    ...{ id: 'plan', gate: 'plan' as const, digest, summary: '', irreversible: [], requester: 'ada' },
    ...{ requestedAt: '', expiresAt: new Date(Date.now() + 60_000).toISOString(), state: 'waiting' as const },
    verified: false,
  };
  const facts = {
    ...{ approval, workflowId: 'deploy/orders/production/1', environment: 'production', approvers },
    decision: signedDecision(signer, 'deploy/orders/production/1', decision),
    nowMs: Date.now(),
  };
  expect(decisionRefusal(facts)).toBeUndefined();
  expect(isVerified(facts)).toBe(true);
  const orders = { application: 'orders', environment: 'production' };
  const operation = signedOperation(signer, { kind: 'retire', requester: 'mira' }, orders);
  expect(requesterRefusal({ operation, key: orders, approvers, nowMs: Date.now() })).toBeUndefined();
});

test('without a key nothing is signed', () => {
  expect(signedDecision(undefined, 'deploy/orders/staging/1', decision)).toBe(decision);
});

test('a private key is its owner’s alone, and is never overwritten', async () => {
  const key = await createSigningKey(folder, 'mira');
  expect(statSync(key.file).mode & 0o777).toBe(0o600);
  expect(await readSigningKey(key.file)).toEqual(key);
  await expect(createSigningKey(folder, 'mira')).rejects.toMatchObject({ code: 'bad-input' });
  await expect(createSigningKey(folder, '../mira')).rejects.toThrow('name is "../mira"; valid: up to 63 letters');
  chmodSync(key.file, 0o644);
  await expect(readSigner(key.file)).rejects.toMatchObject({ hint: `chmod 600 ${key.file}` });
});

test('a file that holds no ed25519 private key is refused by what it holds', async () => {
  const file = join(folder, 'other.pem');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await expect(readSigner(file)).rejects.toThrow('holds an ec key; valid: ed25519');
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
  await expect(readSigner(file)).rejects.toThrow('holds no private key that can be read');
  await expect(readSigner(join(folder, 'none.pem'))).rejects.toThrow('cannot be read: ENOENT');
});

test('a gateway signs for the names under its prefix', async () => {
  const key = await createSigningKey(folder, 'slack');
  expect(approverEntry(key, 'slack', 'gateway')).toMatchObject({ kind: 'gateway', name: 'slack:' });
});
