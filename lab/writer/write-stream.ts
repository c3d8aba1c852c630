import type { WriteLogEntry } from '../../contracts/validation';
import type { Attempt } from './send-write';

/** More than a fast writer has under way within the time-out of a write; a bound, not a rate. */
const MAX_IN_FLIGHT = 128;
/** An edge ends only with its lab, and a writer must not survive that by much. */
const EDGE_GONE_MS = 500;

/**
 * A steady stream of numbered writes, 1, 2, 3 …, none sent twice. An answer is logged before anything else is sent.
 * When too many are under way a turn passes without a number being used.
 */
export class WriteStream {
  private seq = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private edgeSeenAtMs = Date.now();
  private readonly startedAtMs = performance.now();
  private turn = 0;

  constructor(
    private readonly writesPerSecond: number,
    private readonly send: (seq: number) => Promise<Attempt>,
    private readonly log: (entry: WriteLogEntry) => void,
    private readonly onEdgeGone: () => void,
  ) {}

  start(): void {
    if (this.inFlight.size < MAX_IN_FLIGHT) this.sendNext();
    // counted from the start, so that late timers do not lower the rate; turns that were missed are not made up for
    const elapsedTurns = Math.floor(((performance.now() - this.startedAtMs) * this.writesPerSecond) / 1000);
    this.turn = Math.max(this.turn + 1, elapsedTurns);
    const dueMs = this.startedAtMs + (this.turn * 1000) / this.writesPerSecond;
    this.timer = setTimeout(() => this.start(), Math.max(0, dueMs - performance.now()));
  }

  /** Sends nothing more and resolves when every write that was sent is logged. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all(this.inFlight);
  }

  private sendNext(): void {
    const attempt = this.send(++this.seq).then(({ entry, edgeGone }) => {
      this.log(entry);
      this.inFlight.delete(attempt);
      if (!edgeGone) this.edgeSeenAtMs = Date.now();
      else if (Date.now() - this.edgeSeenAtMs > EDGE_GONE_MS) this.onEdgeGone();
    });
    this.inFlight.add(attempt);
  }
}
