/**
 * Texts of people, models and clouds end up on terminals, in chats and on pages. What moves a cursor, hides text or turns
 * it round is taken out: control and format characters, those of private use, halves of characters, Unicode's line ends.
 */
const INVISIBLE_OR_LINE_END = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu;
const INVISIBLE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** The text on one line, with single spaces where there was anything that cannot be seen. */
export function plainLine(text: string): string {
  return text.replace(INVISIBLE_OR_LINE_END, ' ').replace(/\s+/g, ' ').trim();
}

/** The text with its line ends and tabs; `instead` stands for every other character that cannot be seen. */
export function visibleText(text: string, instead: (character: string) => string = () => ' '): string {
  return text.replace(INVISIBLE, instead);
}
