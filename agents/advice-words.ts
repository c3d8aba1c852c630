/**
 * What no explanation needs and what a hostile text would like an engineer on call to copy: an address, a shell's
 * punctuation, a program that fetches or destroys.
 */
const NOT_ADVICE =
  /:\/\/|\bwww\.|`|\$\(|&&|\||>\s*\/|\b(curl|wget|sudo|bash|eval|base64|powershell|netcat|chmod)\b|\brm\s+-/i;

/** Why a text may not be printed as advice to a person; undefined when it may. */
export function unfitAdvice(field: string, texts: readonly string[]): string | undefined {
  const found = texts.map((text) => NOT_ADVICE.exec(text)?.[0]).find((match) => match !== undefined);
  return found === undefined
    ? undefined
    : `${field}: holds an address or a command ("${found.trim()}"); advice is plain words`;
}
