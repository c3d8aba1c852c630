/** An amount of data in a text. A terabyte counts as 1,024 GB, as clouds count it. */
export interface Size {
  text: string;
  start: number;
  end: number;
  gb: number;
}

const SIZE =
  /(?<![\p{L}\p{N}.,-])(\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.\d{1,2})?) ?(gb|gib|gigabytes?|tb|tib|terabytes?)(?![\p{L}\p{N}])/giu;

/** Every amount of gigabytes or terabytes, in the order of the text. */
export function sizesIn(text: string): Size[] {
  return [...text.matchAll(SIZE)].map((match) => {
    const [written, number = '', unit = ''] = match;
    const amount = Number(number.replaceAll(',', ''));
    const start = match.index ?? 0;
    return { text: written, start, end: start + written.length, gb: /^t/i.test(unit) ? amount * 1_024 : amount };
  });
}
