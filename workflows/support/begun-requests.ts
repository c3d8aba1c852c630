import { MAX_AGE_MS } from '../../policies/signature-problem';

/**
 * Signed requests that began something: whoever records one cannot begin it again. One that is too old to count needs no
 * remembering.
 */
export class BegunRequests {
  private readonly texts: Set<string>;

  constructor(before: readonly string[]) {
    this.texts = new Set(before);
  }

  /** Why a signed text cannot begin anything; undefined when it can, which it then never can again. */
  claim(text: string): string | undefined {
    if (this.texts.has(text)) return 'this signed request was begun before';
    this.texts.add(text);
    return undefined;
  }

  /** What a fresh run has to know: the time of signing, the last line of a text, is not too old yet. */
  stillFresh(): string[] {
    return [...this.texts].filter((text) => Date.now() - Date.parse(text.split('\n').at(-1) ?? '') <= MAX_AGE_MS);
  }
}
