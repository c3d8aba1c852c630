import type { StoreKeeper } from './store-keeper';
import { TcpGate } from './tcp-gate';

/** Loopback ports of one store in one region. Those of the first group may be known to anybody, `database` to nobody. */
export interface StorePorts {
  /** to this region's database while it takes writes; other regions come here */
  writer: number;
  /** to this region's database for standbys of other regions, while it takes writes */
  replication: number;
  /** to the database that takes writes, wherever it is: what applications of this region use */
  endpoint: number;
  /** to this region's database, primary or standby, to read */
  read: number;
  /** to the database that this region's standby follows */
  upstream: number;
  /** of PostgreSQL itself */
  database: number;
}

/** The ways from one region to another, as ports of the links that lead there. */
export interface PeerPorts {
  writer: number;
  replication: number;
}

/** Every way to a store's database that leads through its keeper. */
export class StoreGates {
  private readonly gates: Record<'writer' | 'replication' | 'endpoint' | 'read' | 'upstream', TcpGate>;

  constructor(
    private readonly region: string,
    private readonly ports: StorePorts,
    private readonly peers: () => Record<string, PeerPorts>,
    private readonly keeper: StoreKeeper,
  ) {
    const target = () => ports.database;
    this.gates = {
      writer: new TcpGate({ target, mayPass: () => keeper.mayServe() }),
      replication: new TcpGate({ target, mayPass: () => keeper.mayReplicate() }),
      endpoint: new TcpGate({
        target: () => (this.isHere ? ports.database : this.peer?.writer),
        mayPass: () => !this.isHere || keeper.mayServe(),
      }),
      read: new TcpGate({ target, mayPass: () => keeper.mayRead() }),
      upstream: new TcpGate({
        target: () => (this.isHere ? undefined : this.peer?.replication),
        mayPass: () => true,
        putOffMs: () => keeper.followsInMs(),
      }),
    };
  }

  async listen(): Promise<void> {
    const { writer, replication, endpoint, read, upstream } = this.gates;
    await Promise.all([
      writer.listen(this.ports.writer),
      replication.listen(this.ports.replication),
      endpoint.listen(this.ports.endpoint),
      read.listen(this.ports.read),
      upstream.listen(this.ports.upstream),
    ]);
  }

  /** The lease is somebody else's, or elsewhere: whoever is connected finds the new way by connecting again. */
  holderChanged(): void {
    this.gates.endpoint.resetAll();
    this.gates.upstream.resetAll();
    if (this.isHere) return;
    this.gates.writer.resetAll();
    this.gates.replication.resetAll();
  }

  /** The holder takes writes: a standby that was put off looks into the archive again and asks again. */
  holderServes(): void {
    this.gates.upstream.resetPutOff();
  }

  /** What clients send to the database of this region waits, or no longer. */
  hold(held: boolean): void {
    for (const gate of [this.gates.writer, this.gates.endpoint]) {
      if (held) gate.hold();
      else gate.release();
    }
  }

  close(): void {
    for (const gate of Object.values(this.gates)) gate.close();
  }

  private get isHere(): boolean {
    return this.keeper.holder === this.region;
  }

  private get peer(): PeerPorts | undefined {
    return this.keeper.holder === undefined ? undefined : this.peers()[this.keeper.holder];
  }
}
