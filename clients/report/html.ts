import { visibleText } from '../../contracts/visible-text';

/** Text that is HTML already. Everything else that goes into a template is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[];

/** Escapes for element content and quoted attributes alike; what nobody could see becomes a mark that everybody sees. */
export function escapeHtml(text: string): string {
  return visibleText(text, () => '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Template tag: interpolated values are escaped, lists are joined, undefined and false vanish. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(strings.map((part, index) => part + (index < values.length ? htmlText(values[index]) : '')).join(''));
}

/** For text made by this program itself, such as the style sheet or a drawn diagram. */
export function trusted(text: string): Html {
  return new Html(text);
}

function htmlText(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map(htmlText).join('');
}
