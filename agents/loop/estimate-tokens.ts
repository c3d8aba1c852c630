/**
 * How many tokens a text costs at most, without a tokenizer: a rule on the shape of words, digits and punctuation.
 * Measured against a reconstruction of Claude's vocabulary (4.7 and later) over 448 files it was at most 20 % short;
 * the factor below covers that and the 5 % by which the API's own count may differ.
 */
const OWN_TEXT_FACTOR = 1.25;
/**
 * Ceilings for plain foreign text: a search for the dearest strings found 1.33 tokens per ASCII character, and not
 * more than two above its bytes for any other.
 */
const FOREIGN_TOKENS_PER_ASCII = 1.35;
const FOREIGN_TOKENS_PER_OTHER = 3;
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

/**
 * Text of others (requests, providers, answers of a model) as it may stand in a prompt: lower case letters of any
 * script, digits, plain punctuation, single spaces. No markup survives, so it cannot close the block it stands in; and
 * capitals and rare symbols, which can cost more than two tokens a byte, are gone.
 */
export function foreignText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{Nd}.,:;%()/+'~-]+/gu, ' ')
    .trim();
}

function foreignCharacterTokens(character: string): number {
  const bytes = utf8Bytes(character);
  return bytes === 1 ? FOREIGN_TOKENS_PER_ASCII : bytes + FOREIGN_TOKENS_PER_OTHER;
}

/** Ceiling for a text that went through `foreignText`, however hostile its author. */
export function foreignTextTokens(text: string): number {
  let tokens = 0;
  for (const character of text) tokens += foreignCharacterTokens(character);
  return Math.ceil(tokens);
}

/** Foreign text made plain and cut to what fits into `tokens`; `~` marks a cut. Never splits a character. */
export function cutForeignText(text: string, tokens: number): string {
  const plain = foreignText(text);
  if (foreignTextTokens(plain) <= tokens) return plain;
  let left = tokens - foreignCharacterTokens('~');
  let cut = '';
  for (const character of plain) {
    left -= foreignCharacterTokens(character);
    if (left < 0) break;
    cut += character;
  }
  return cut === '' ? '' : `${cut}~`;
}

/** The parts of a call's input, each counted on its own. */
export interface CallTokens {
  instructions: number;
  facts: number;
  /** absent for an answer in plain lines */
  schema?: number;
}

/** What a whole call may cost as input, with what providers add to it. */
export function callInputTokens({ instructions, facts, schema }: CallTokens): number {
  return instructions + facts + FRAME_TOKENS + (schema === undefined ? 0 : schema + STRUCTURED_OUTPUT_TOKENS);
}

/** Texts that were measured once are charged close to their measure; a provider may inject a schema with spaces. */
export function measuredTokens({ instructions, schema }: { instructions: number; schema: number }): {
  instructions: number;
  schema: number;
} {
  return { instructions: Math.ceil(1.05 * instructions), schema: Math.ceil(1.25 * schema) };
}
