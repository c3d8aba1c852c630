import { said } from '../loop/said';

const REDACTED = '[redacted]';
/** A provider's words are for orientation; its whole text is in its own console. */
const MOST_CHARACTERS = 300;
/** What is shorter is no key, but part of words. */
const SHORTEST_SECRET = 8;

/** What keys and tokens look like, wherever a provider or a proxy echoes them. */
const SECRETS: readonly RegExp[] = [
  /sk-ant-[\w-]+/g,
  /\b(?:AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{8,}/g,
  /bedrock-api-key-[\w+/=-]+/g,
  /(?<=\bbearer\s+)[^\s"',;]+/gi,
  /(?<=\b(?:x-api-key|authorization|signature|credential|security-token|secret|password)["']?\s*[:=]\s*["']?)(?!bearer\b)[^\s"',;&]+/gi,
  // session tokens and the like: nothing a person would write is that long without a space
  /[A-Za-z0-9+/=_-]{64,}/g,
];

/**
 * Text of a provider as it may stand in a message: one line, cut, without anything that is a key or looks like one.
 * @param secrets the keys in use, whatever they look like
 */
export function providerWords(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  const without = known.reduce((words, secret) => words.replaceAll(secret, REDACTED), text);
  return said(
    SECRETS.reduce((words, pattern) => words.replace(pattern, REDACTED), without),
    MOST_CHARACTERS,
  );
}
