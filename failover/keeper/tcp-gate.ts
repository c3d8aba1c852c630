import { connect, createServer, type Server, type Socket } from 'node:net';

/** Who may use a way to a database, asked for every connection and for every byte, in both directions. */
export interface GatePolicy {
  /** loopback port that it leads to now; undefined: nowhere, and connections are reset */
  target(): number | undefined;
  /** asked before anything is passed on; false ends the connection */
  mayPass(): boolean;
  /** for how long a new connection is kept waiting, ms, to be reset then; 0: it is passed on. Left out: 0 */
  putOffMs?(): number;
}

/** A standby asks again this long after it was reset, at most (`wal_retrieve_retry_interval`, and looking in the archive). */
const ON_ITS_WAY_MS = 150;

/** A loopback port that leads to a database while its keeper allows it. Bytes are passed on as they are, TLS included. */
export class TcpGate {
  private readonly pairs = new Set<Pair>();
  private readonly putOff = new Set<Socket>();
  /** on the clock of `performance.now` */
  private refusesNextUntil = 0;
  private readonly server: Server;
  private held = false;

  constructor(private readonly policy: GatePolicy) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.accept(client));
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  /** What clients send waits from now on; what the database answers still passes. */
  hold(): void {
    this.held = true;
    for (const { client } of this.pairs) client.pause();
  }

  /** Ends the waiting. */
  release(): void {
    this.held = false;
    for (const { client } of this.pairs) client.resume();
  }

  /** Resets every connection: the way leads elsewhere now, or nowhere. */
  resetAll(): void {
    this.refusesNextUntil = 0;
    for (const pair of [...this.pairs]) pair.reset();
    for (const client of this.putOff) client.resetAndDestroy();
  }

  /** Whoever was put off is reset and may ask again. When nobody was, one who comes right now is: it was on its way. */
  resetPutOff(): void {
    if (this.putOff.size === 0) this.refusesNextUntil = performance.now() + ON_ITS_WAY_MS;
    for (const client of this.putOff) client.resetAndDestroy();
  }

  close(): void {
    this.server.close();
    this.resetAll();
  }

  private accept(client: Socket): void {
    client.on('error', () => undefined);
    const port = this.policy.mayPass() ? this.policy.target() : undefined;
    const waitMs = this.policy.putOffMs?.() ?? 0;
    if (port !== undefined && waitMs > 0) {
      this.keepWaiting(client, waitMs);
      return;
    }
    if (port === undefined || performance.now() < this.refusesNextUntil) {
      this.refusesNextUntil = 0;
      client.resetAndDestroy();
      return;
    }
    const pair = new Pair(client, port, {
      mayPass: () => this.policy.mayPass(),
      isHeld: () => this.held,
      onEnd: () => this.pairs.delete(pair),
    });
    this.pairs.add(pair);
  }

  private keepWaiting(client: Socket, waitMs: number): void {
    const timer = setTimeout(() => client.resetAndDestroy(), waitMs);
    this.putOff.add(client);
    client.once('close', () => {
      clearTimeout(timer);
      this.putOff.delete(client);
    });
  }
}

interface PairPolicy {
  mayPass(): boolean;
  isHeld(): boolean;
  onEnd(): void;
}

/** One client and its connection to the database. */
class Pair {
  readonly target: Socket;

  constructor(
    readonly client: Socket,
    port: number,
    private readonly policy: PairPolicy,
  ) {
    client.pause();
    this.target = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    this.target.on('error', () => undefined);
    this.target.once('connect', () => {
      if (!policy.isHeld()) client.resume();
    });
    this.pass(client, this.target, () => policy.isHeld());
    this.pass(this.target, client, () => false);
    for (const socket of [client, this.target]) socket.once('close', () => this.reset());
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.target.resetAndDestroy();
    this.policy.onEnd();
  }

  private pass(from: Socket, to: Socket, isHeld: () => boolean): void {
    from.on('data', (bytes) => {
      if (!this.policy.mayPass()) return this.reset();
      if (!to.write(bytes)) from.pause();
    });
    from.on('end', () => to.end());
    to.on('drain', () => {
      if (!isHeld()) from.resume();
    });
  }
}
