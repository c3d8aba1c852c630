/** One act at a time per key; acts of one key run in the order in which they came. */
export class Locks {
  private readonly tails = new Map<string, Promise<unknown>>();

  async run<R>(key: string, act: () => Promise<R>): Promise<R> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const mine = before.then(act, act);
    this.tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.tails.get(key) === mine) this.tails.delete(key);
    }
  }
}
