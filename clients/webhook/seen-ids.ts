/** Ids of messages, kept for as long as the same message would still be taken for a fresh one. */
export class SeenIds {
  private readonly seenAtMs = new Map<string, number>();

  constructor(private readonly keepMs: number) {}

  /** False for an id that is known. */
  add(id: string, nowMs: number): boolean {
    // A Map keeps its order: the oldest come first.
    for (const [old, atMs] of this.seenAtMs) {
      if (atMs > nowMs - this.keepMs) break;
      this.seenAtMs.delete(old);
    }
    if (this.seenAtMs.has(id)) return false;
    this.seenAtMs.set(id, nowMs);
    return true;
  }

  forget(id: string): void {
    this.seenAtMs.delete(id);
  }
}
