/**
 * How many tokens a text costs at most, without a tokenizer: a rule on the shape of words, digits and punctuation.
 * Measured against a reconstruction of Claude's vocabulary (4.7 and later) over 448 files it was at most 20 % short;
 * the factor below covers that and the 5 % by which the API's own count may differ.
 */
const OWN_TEXT_FACTOR = 1.25;
/** No text was found that costs more than this many tokens a byte, however hostile. */
const FOREIGN_TOKENS_PER_BYTE = 1.15;
/** Role markers and the like around the two texts of a call. */
const FRAME_TOKENS = 30;
/** The system prompt that structured output adds on the provider's side; documented, its size is not published. */
const STRUCTURED_OUTPUT_TOKENS = 100;

const RUNS = /[A-Za-z]+|[0-9]+|[ \t\r\n]+|\P{ASCII}+|[^A-Za-z0-9 \t\r\n\P{ASCII}]+/gu;

/** Bytes of a text in UTF-8; written out because workflow code has no Buffer. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function lettersTokens(run: string): number {
  const leadingCapital = run[0] !== run[0]?.toLowerCase();
  const laterCapitals = run.slice(1) !== run.slice(1).toLowerCase();
  const shouted = leadingCapital && run.length > 1 && run === run.toUpperCase();
  return Math.max(1, run.length / 3.2) + (leadingCapital ? 1 : 0) + (laterCapitals || shouted ? run.length / 3 : 0);
}

function runTokens(run: string): number {
  const first = run.charCodeAt(0);
  if (first > 0x7f) return utf8Bytes(run);
  if (/^[A-Za-z]/.test(run)) return lettersTokens(run);
  if (/^[0-9]/.test(run)) return Math.ceil(run.length / 3);
  if (/^[ \t\r\n]/.test(run)) return run === ' ' ? 0.35 : 1;
  return Math.max(1, 0.7 * run.length);
}

/** Upper estimate for text that Meridian wrote itself: prompts, facts, schemas. Not for text of others. */
export function ownTextTokens(text: string): number {
  const shape = (text.match(RUNS) ?? []).reduce((sum, run) => sum + runTokens(run), 0);
  return Math.ceil(OWN_TEXT_FACTOR * shape);
}

/** Ceiling for text of others: requests, provider messages, chat, answers of a model. */
export function foreignTextTokens(text: string): number {
  return Math.ceil(FOREIGN_TOKENS_PER_BYTE * utf8Bytes(text));
}

/** The longest beginning of a text that costs at most `tokens`, marked `~` where it was cut. Never splits a character. */
export function cutForeignText(text: string, tokens: number): string {
  if (foreignTextTokens(text) <= tokens) return text;
  let cut = '';
  for (const character of text) {
    if (foreignTextTokens(`${cut}${character}~`) > tokens) break;
    cut += character;
  }
  return cut === '' ? '' : `${cut}~`;
}

/**
 * Input tokens of a whole call. The schema is charged in a form with spaces, as a provider may inject it, plus the
 * hidden prompt that comes with it.
 */
export function callInputTokens(systemTokens: number, factsTokens: number, schemaTokens: number | undefined): number {
  const structured = schemaTokens === undefined ? 0 : STRUCTURED_OUTPUT_TOKENS + schemaTokens;
  return systemTokens + factsTokens + structured + FRAME_TOKENS;
}
