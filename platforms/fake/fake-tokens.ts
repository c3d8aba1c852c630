import type { StackDescription } from '../../contracts/stack';
import { PlatformError } from '../platform-error';

/**
 * The idempotency tokens of stacks: a repeated one gets the first answer. Those of a destroyed stack are spent, so that a
 * late attempt does not make the stack again.
 */
export class FakeTokens {
  private readonly uses = new Map<string, { key: string; answer: StackDescription }>();
  private readonly spent = new Map<string, string>();

  /** Every token that made or changed a stack which still stands. */
  keys(): IterableIterator<string> {
    return this.uses.keys();
  }

  get size(): number {
    return this.uses.size;
  }

  /** The answer already given; throws `Platform.Refused` for a token of another stack or of a destroyed one. */
  answered(token: string, key: string): StackDescription | undefined {
    const destroyed = this.spent.get(token);
    if (destroyed !== undefined)
      throw new PlatformError('Platform.Refused', `token: ${token} was used for ${destroyed}, which is destroyed`);
    const use = this.uses.get(token);
    if (use && use.key !== key)
      throw new PlatformError('Platform.Refused', `token: ${token} was used for the stack ${use.key}`);
    return use?.answer;
  }

  answer(token: string, key: string, answer: StackDescription): void {
    this.uses.set(token, { key, answer });
  }

  /** The stack is gone, and every token used for it with it. */
  spend(key: string): void {
    for (const [token, use] of this.uses) {
      if (use.key !== key) continue;
      this.uses.delete(token);
      this.spent.set(token, key);
    }
  }

  take(other: FakeTokens): void {
    for (const [token, use] of other.uses) this.uses.set(token, use);
    for (const [token, key] of other.spent) this.spent.set(token, key);
  }
}
