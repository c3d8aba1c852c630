import { ed25519 } from '@noble/curves/ed25519.js';
import type { Approver, Signature } from '../contracts/approval';

/** A person reads a plan before signing, not after: an older signature is a replay. */
export const MAX_AGE_MS = 10 * 60_000;
/** Clocks of two machines differ by less. */
const MAX_AHEAD_MS = 60_000;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export interface SignedText {
  /** of the text, by `by`; undefined: not signed */
  signature: Signature | undefined;
  /** what was signed, given the time of signing */
  text: (issuedAt: string) => string;
  /** who is said to have signed, or to have been authenticated by a gateway */
  by: string;
  approvers: readonly Approver[];
  nowMs: number;
}

/**
 * Why a signature does not prove that `by` signed the text; undefined when it does, and when there is none. Ed25519
 * as in RFC 8032, without the looser points of ZIP 215. Runs in the workflow sandbox: deterministic, no Node.
 */
export function signatureProblem({ signature, text, by, approvers, nowMs }: SignedText): string | undefined {
  if (!signature) return undefined;
  const { keyId, issuedAt } = signature;
  const approver = approvers.find((one) => one.keyId === keyId);
  if (!approver) return `the key ${keyId} is not among the configured approvers`;
  const ageMs = nowMs - Date.parse(issuedAt);
  if (!(ageMs <= MAX_AGE_MS)) return `it was signed at ${issuedAt}, more than 10 minutes ago: sign again`;
  if (ageMs < -MAX_AHEAD_MS) return `it was signed at ${issuedAt}, in the future: set the clock of that machine`;
  if (!maySignFor(approver, by))
    return `the key ${keyId} may sign for ${scopeOf(approver)}, not for ${by}: say who you are (--by)`;
  return isValid(signature.signature, text(issuedAt), approver.publicKey) ? undefined : 'the signature is wrong';
}

function maySignFor({ kind, name }: Approver, by: string): boolean {
  return kind === 'person' ? by === name : by.startsWith(name) && by.length > name.length;
}

function scopeOf({ kind, name }: Approver): string {
  return kind === 'person' ? name : `names that begin with ${name}`;
}

function isValid(signature: string, text: string, publicKey: string): boolean {
  try {
    return ed25519.verify(fromBase64(signature), new TextEncoder().encode(text), fromBase64(publicKey), {
      zip215: false,
    });
  } catch {
    // Bytes of the wrong number, or no point of the curve.
    return false;
  }
}

/** The sandbox has neither Buffer nor atob. Anything that is not base64 comes out as other bytes, which do not verify. */
function fromBase64(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 6) / 8));
  let bits = 0;
  for (let index = 0, at = 0, held = 0; index < digits.length; index += 1) {
    bits = ((bits << 6) | Math.max(0, BASE64.indexOf(digits.charAt(index)))) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at] = bits >> held;
      at += 1;
    }
  }
  return bytes;
}
