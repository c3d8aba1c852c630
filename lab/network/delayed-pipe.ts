import type { Socket } from 'node:net';
import { type Crossing, DelayQueue } from './delay-queue';

type Travelling = { kind: 'bytes'; bytes: Buffer } | { kind: 'end' } | { kind: 'reset' };

/** More than the product of a slow link’s bandwidth and delay: 4 MiB under way at 300 ms is 14 MB/s. */
const MAX_UNDER_WAY_BYTES = 4 * 1024 * 1024;

/**
 * Carries one direction of a connection across a distance: bytes, half-close and reset, in order. The receiver hears
 * nothing of a sender that dies behind a cut until the cut heals.
 */
export class DelayedPipe {
  private readonly queue: DelayQueue<Travelling>;
  private underWayBytes = 0;
  private ended = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    crossing: Crossing,
  ) {
    this.queue = new DelayQueue(crossing, (travelling) => this.arrive(travelling));
    from.on('data', (bytes: Buffer) => this.send(bytes));
    from.on('end', () => {
      this.ended = true;
      this.queue.push({ kind: 'end' });
    });
    from.on('close', (hadError) => {
      if (hadError || !this.ended) this.queue.push({ kind: 'reset' });
    });
    to.on('drain', () => this.queue.release());
  }

  /** To be called when the crossing has changed. */
  pump(): void {
    this.queue.pump();
  }

  clear(): void {
    this.queue.clear();
  }

  private send(bytes: Buffer): void {
    this.underWayBytes += bytes.length;
    if (this.underWayBytes > MAX_UNDER_WAY_BYTES) this.from.pause();
    this.queue.push({ kind: 'bytes', bytes });
  }

  private arrive(travelling: Travelling): void {
    switch (travelling.kind) {
      case 'bytes':
        this.underWayBytes -= travelling.bytes.length;
        if (this.from.isPaused() && this.underWayBytes < MAX_UNDER_WAY_BYTES / 2) this.from.resume();
        if (!this.to.destroyed && this.to.writable && !this.to.write(travelling.bytes)) this.queue.hold();
        return;
      case 'end':
        this.to.end();
        return;
      case 'reset':
        this.to.resetAndDestroy();
        return;
    }
  }
}
