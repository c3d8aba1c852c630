import { LabError } from '../lab-error';

/** Far more than one deployment uses; what is older than that has no attempt left that could come back. */
const SPENT_MAX = 10_000;

interface Use<R> {
  /** the stack that the token was used for */
  key: string;
  /** absent: the act was out of reach and may be tried again with the same token */
  result?: Promise<R>;
}

/**
 * The idempotency tokens of stacks. A repeated token gets the first answer and no second act. The tokens of a stack that
 * was destroyed are spent: an attempt that was paused before the destruction must not make the stack again after it.
 */
export class UsedTokens<R> {
  private readonly uses = new Map<string, Use<R>>();
  /** token to stack, oldest first */
  private readonly spent = new Map<string, string>();

  /** Acts once per token. Throws what `refuseForeign` does. */
  once(token: string, key: string, act: () => Promise<R>): Promise<R> {
    this.refuseForeign(token, key);
    const known = this.uses.get(token)?.result;
    if (known) return known;
    const result = act();
    const use: Use<R> = { key, result };
    this.uses.set(token, use);
    result.catch((error: unknown) => {
      // a failed stack stays the answer
      if (!(error instanceof LabError) || error.type !== 'Platform.StackFailed') use.result = undefined;
    });
    return result;
  }

  /** Throws `Platform.Refused` for a token of another stack, or of one that is destroyed. */
  refuseForeign(token: string, key: string): void {
    const destroyed = this.spent.get(token);
    if (destroyed !== undefined) {
      throw refused(
        `token: ${token} was used for a stack that is destroyed (${destroyed}); deploy again to make it anew`,
      );
    }
    const used = this.uses.get(token)?.key ?? key;
    if (used !== key) throw refused(`token: ${token} was used for the stack ${used}; each act needs its own`);
  }

  /** Tokens used for a stack so far. */
  usedFor(key: string): string[] {
    return [...this.uses].filter(([, use]) => use.key === key).map(([token]) => token);
  }

  /** These tokens belong to a stack that is destroyed now. */
  spend(key: string, tokens: string[]): void {
    for (const token of tokens) {
      this.spent.set(token, key);
      this.uses.delete(token);
    }
    for (const token of this.spent.keys()) {
      if (this.spent.size <= SPENT_MAX) break;
      this.spent.delete(token);
    }
  }
}

function refused(why: string): LabError {
  return new LabError('Platform.Refused', why);
}
