/** What a distance does to everything that crosses it; asked anew for every item, so that faults apply at once. */
export interface Crossing {
  /** one way, milliseconds */
  delayMs(): number;
  /** true: nothing comes out until it is false again */
  cut(): boolean;
}

/** Timers count whole milliseconds: less than this early is on time, waiting again would add a whole one. */
const EARLY_MS = 0.5;

/**
 * A delay line: what goes in comes out in order, each item `delayMs` after it went in. It delays, it does not
 * throttle: any number of items can be under way. While the crossing is cut items wait inside, as unacknowledged
 * segments do in TCP, and come out when it heals.
 */
export class DelayQueue<T> {
  private readonly items: Array<{ item: T; dueMs: number }> = [];
  private timer: NodeJS.Timeout | undefined;
  private held = false;

  constructor(
    private readonly crossing: Crossing,
    private readonly deliver: (item: T) => void,
  ) {}

  /** @param delayMs instead of the crossing’s own delay */
  push(item: T, delayMs = this.crossing.delayMs()): void {
    const afterLastMs = this.items.at(-1)?.dueMs ?? 0;
    this.items.push({ item, dueMs: Math.max(performance.now() + delayMs, afterLastMs) });
    if (this.items.length === 1) this.pump();
  }

  /** Delivers nothing until `release`; `deliver` calls it when the receiver has no room. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.pump();
  }

  /** Looks again: to be called when the crossing has changed. */
  pump(): void {
    clearTimeout(this.timer);
    for (;;) {
      const head = this.items[0];
      if (!head || this.held || this.crossing.cut()) return;
      const waitMs = head.dueMs - performance.now();
      if (waitMs > EARLY_MS) {
        this.timer = setTimeout(() => this.pump(), waitMs);
        return;
      }
      this.items.shift();
      this.deliver(head.item);
    }
  }

  clear(): void {
    clearTimeout(this.timer);
    this.items.length = 0;
  }
}
