import { plainLine } from '../../contracts/visible-text';

/** Limits of what a model may put into a report, in characters: a reason, and a reason for one item of a list. */
export const LONGEST_WORDS = 400;
export const LONGEST_WHY = 160;
const LONGEST_QUOTE = 40;

/**
 * Words of a model or a person as they may stand in a report, a terminal or a chat: one line, no control or invisible
 * formatting characters (they could move a cursor or hide text), at most `most` characters. `…` marks a cut.
 */
export function said(text: string, most: number): string {
  const line = plainLine(text);
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

/** Words of a model as a refusal may quote them. */
export function quoted(text: string): string {
  return said(text.replace(/[^\p{L}\p{N} .|:-]/gu, ''), LONGEST_QUOTE);
}
