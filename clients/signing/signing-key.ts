import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Approver } from '../../contracts/approval';
import { ClientProblem } from '../client-problem';
import { readSecretFile } from './secret-file';
import type { Signer } from './signer';

const KEY_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
/** Enough to tell keys apart; the approvers' file holds the key itself. */
const KEY_ID_DIGITS = 16;

export interface SigningKey {
  file: string;
  keyId: string;
  /** base64 of the 32 raw bytes */
  publicKey: string;
}

/**
 * Writes a new ed25519 private key, readable by its owner alone. Throws a ClientProblem for a name that cannot be a
 * file name, and for a key that is there already: a key is never overwritten.
 */
export async function createSigningKey(folder: string, name: string): Promise<SigningKey> {
  if (!KEY_NAME.test(name))
    throw new ClientProblem(
      'bad-input',
      `name is "${name}"; valid: up to 63 letters, digits, dots, dashes, underscores`,
    );
  const file = join(folder, `${name}.pem`);
  const { privateKey } = generateKeyPairSync('ed25519');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new ClientProblem('bad-input', `${file} exists already`, 'choose another name, or delete it first');
  }
  return describeKey(file, privateKey);
}

/** Throws a ClientProblem for a file that is no ed25519 private key, or that others may read. */
export async function readSigningKey(file: string): Promise<SigningKey> {
  return describeKey(file, await readPrivateKey(file));
}

export async function readSigner(file: string): Promise<Signer> {
  const key = await readPrivateKey(file);
  const { keyId } = describeKey(file, key);
  return { keyId, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') };
}

/** The entry that makes the signatures of a key count. A gateway signs for every name under its prefix. */
export function approverEntry({ keyId, publicKey }: SigningKey, name: string, kind: Approver['kind']): Approver {
  return { keyId, publicKey, kind, name: kind === 'gateway' && !name.endsWith(':') ? `${name}:` : name };
}

async function readPrivateKey(file: string): Promise<KeyObject> {
  const pem = await readSecretFile(file, 'the signing key');
  const hint = 'make a key with "meridian keys create --name NAME"';
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
    throw new ClientProblem('bad-input', `${file} holds an ${key.asymmetricKeyType} key; valid: ed25519`, hint);
  } catch (error) {
    if (error instanceof ClientProblem) throw error;
    throw new ClientProblem('bad-input', `${file} holds no private key that can be read; valid: ed25519 as PEM`, hint);
  }
}

function describeKey(file: string, key: KeyObject): SigningKey {
  const raw = Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).x), 'base64url');
  const keyId = createHash('sha256').update(raw).digest('hex').slice(0, KEY_ID_DIGITS);
  return { file, keyId, publicKey: raw.toString('base64') };
}
