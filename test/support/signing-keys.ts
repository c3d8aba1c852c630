import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Approver, Signature } from '../../contracts/approval';

export interface TestKey {
  approver: Approver;
  /** signs as the one who holds the key would, with Node's own ed25519 */
  sign(text: (issuedAt: string) => string, issuedAt: string): Signature;
}

/** A fresh ed25519 key and the entry that makes it count. */
export function testKey(keyId: string, entry: Omit<Approver, 'keyId' | 'publicKey'>): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    approver: { keyId, publicKey: rawPublicKey(publicKey).toString('base64'), ...entry },
    sign: (text, issuedAt) => ({
      keyId,
      issuedAt,
      signature: sign(null, Buffer.from(text(issuedAt)), privateKey).toString('base64'),
    }),
  };
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
}
