import type { StackRef } from './stack';

/**
 * What an idempotency token is made of: stable over retries, replays and resets of one generation, different for the
 * next one. Never the workflow run or the activity id: two runs of one workflow id repeat the activity ids 1, 2, 3.
 */
export interface StackTokenInput {
  generation: number;
  ref: StackRef;
  verb: 'apply' | 'destroy' | 'restore';
  digest: string;
}

/** The text that is hashed (sha-256) to make the token; hashing is done where crypto is available. */
export function stackTokenText({ generation, ref, verb, digest }: StackTokenInput): string {
  return [generation, ref.account, ref.region, ref.name, verb, digest].join('\n');
}
