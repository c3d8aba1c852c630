import { connect, type Socket } from 'node:net';
import { type Crossing, DelayQueue } from './delay-queue';
import { DelayedPipe } from './delayed-pipe';

/**
 * One TCP connection across a link. The client’s kernel says "connected" at once, as it talks to loopback; the far end
 * is called one full round trip later, and only then do bytes flow.
 */
export class LinkConnection {
  private readonly handshake: DelayQueue<'open'>;
  private target: Socket | undefined;
  private pipes: DelayedPipe[] = [];

  constructor(
    private readonly client: Socket,
    private readonly targetPort: number,
    private readonly crossing: Crossing,
    private readonly onGone: () => void,
  ) {
    client.pause();
    client.setNoDelay(true);
    client.on('error', ignore);
    client.on('close', () => this.closed());
    this.handshake = new DelayQueue(crossing, () => this.open());
    this.handshake.push('open', crossing.delayMs() * 2);
  }

  /** To be called when the crossing has changed. */
  pump(): void {
    this.handshake.pump();
    for (const pipe of this.pipes) pipe.pump();
  }

  /** Resets both ends at once: the endpoint leads elsewhere now, or is gone. */
  destroy(): void {
    this.handshake.clear();
    for (const pipe of this.pipes) pipe.clear();
    this.client.resetAndDestroy();
    this.target?.resetAndDestroy();
  }

  private open(): void {
    const target = connect({ host: '127.0.0.1', port: this.targetPort, allowHalfOpen: true, noDelay: true });
    this.target = target;
    target.on('error', ignore);
    target.on('close', () => this.closed());
    const back = new DelayedPipe(target, this.client, this.crossing);
    target.on('connect', () => {
      this.pipes.push(new DelayedPipe(this.client, target, this.crossing));
      this.client.resume();
    });
    this.pipes.push(back);
    if (this.client.destroyed) target.destroy();
  }

  private closed(): void {
    if (this.client.destroyed && (this.target === undefined || this.target.destroyed)) this.onGone();
  }
}

/** The other end learns of errors through the close that follows them. */
function ignore(): void {}
