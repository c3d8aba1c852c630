/**
 * Slack's "mrkdwn" between us and people. Whatever comes from requests, plans and errors is escaped: a name such as
 * `<!channel>` must not ring everybody's bell, and no link may hide where it leads.
 */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text in a block of fixed width; it cannot end the block itself. */
export function codeBlock(lines: readonly string[], limit: number): string {
  const text = escaped(lines.join('\n')).replaceAll('```', "'''");
  return `\`\`\`${cut(text, limit - 6)}\`\`\``;
}

/** At most `limit` characters, with a sign that there was more. Never ends inside an entity such as `&amp;`. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/&[a-z]{0,3}$/, '')}…`;
}

/** A person of this workspace as a mention; anybody else as escaped text. */
export function person(name: string): string {
  const id = /^slack:([UW][A-Z0-9]+)$/.exec(name)?.[1];
  return id ? `<@${id}>` : escaped(name);
}

/** What a person typed: entities and the links that Slack makes of host names and addresses turned back. */
export function typed(text: string): string {
  return text
    .replaceAll(/<(?:https?:\/\/|mailto:)[^|>]+\|([^>]+)>/g, '$1')
    .replaceAll(/<((?:https?:\/\/|mailto:)[^>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
