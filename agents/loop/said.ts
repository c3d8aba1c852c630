/**
 * Words of a model or a person as they may stand in a report, a terminal or a chat: one line, no control or invisible
 * formatting characters (they could move a cursor or hide text), at most `most` characters. `…` marks a cut.
 */
export function said(text: string, most: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}
