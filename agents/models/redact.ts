import { said } from '../loop/said';

const REDACTED = '[redacted]';
/** A provider's words are for orientation; its whole text is in its own console. */
const MOST_CHARACTERS = 300;
/** What is shorter is no key, but part of words. */
const SHORTEST_SECRET = 8;

/** What keys and tokens look like, wherever a provider or a proxy echoes them. */
const SECRETS: readonly RegExp[] = [
  /\bsk-[\w-]{8,}/g,
  /\b(?:AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{8,}/g,
  /bedrock-api-key-[\w+/=-]+/g,
  /(?<=\b(?:bearer|basic)\s+)[^\s"',;]+/gi,
  /(?<=\b(?:x-api-key|authorization|signature|credential|security-token|secret|password)["']?\s*[:=]\s*["']?)(?!(?:bearer|basic)\b)[^\s"',;&]+/gi,
  // a value behind its name, with nothing between them
  /(?<=\b(?:secret(?: access)? key|access key(?: id)?|api key|secret|password|token)\s+(?:is\s+|was\s+)?["']?)(?=[^\s"',;]*\d)[^\s"',;]{8,}/gi,
  // user and password of a URL
  /(?<=:\/\/)[^\s/?#]+(?=@)/g,
  // what mixes capitals, small letters and digits without a space, unless it is the id of a request or a message
  /(?<![\w+/=-])(?!(?:req|msg)_)(?=[\w+/=-]*[A-Z])(?=[\w+/=-]*[a-z])(?=[\w+/=-]*\d)[\w+/=-]{20,}/g,
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
