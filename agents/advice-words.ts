/**
 * What no reason and no explanation needs, and what a hostile text would like a person to copy or to follow: an address,
 * a link, a shell's punctuation, a program that fetches or destroys, a command of ours.
 */
const NOT_ADVICE = new RegExp(
  [
    /:\/\/|\/\/[a-z0-9]|\]\(|\bwww\.|`|\$\(|&&|\||>\s*\//,
    /\b[a-z0-9-]+\.(?:com|net|org|io|sh|dev|app|xyz|example)\b/,
    /\b(?:curl|wget|sudo|bash|eval|base64|powershell|netcat|chmod)\b|\brm\s+-/,
    /\b(?:terraform|kubectl|psql|helm|docker|ssh)\s+(?:-|apply|destroy|delete|exec|run|rm)/,
    /\baws\s+[a-z0-9]+\s+[a-z]+-[a-z]|\bdrop\s+(?:table|database)\b/,
    /\bmeridian\s+(?:approve|deploy|retire|sweep|abort|resume)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** Why a text may not be printed as advice to a person; undefined when it may. */
export function unfitAdvice(field: string, texts: readonly string[]): string | undefined {
  const found = texts.map((text) => NOT_ADVICE.exec(text)?.[0]).find((match) => match !== undefined);
  return found === undefined
    ? undefined
    : `${field}: holds an address or a command ("${found.trim()}"); advice is plain words`;
}
