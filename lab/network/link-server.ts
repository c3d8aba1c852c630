import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Crossing } from './delay-queue';
import { LinkConnection } from './link-connection';
import type { Link } from './network-port';

/**
 * A loopback port that leads to a server far away. The port stays the same however often the link is retargeted:
 * that is what makes it a writer endpoint.
 */
export class LinkServer {
  private readonly connections = new Set<LinkConnection>();
  private readonly server: Server;

  constructor(
    public link: Link,
    private readonly crossing: Crossing,
  ) {
    this.server = createServer({ allowHalfOpen: true }, (client) => this.accept(client));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** A new target ends the connections to the old one; a new round trip applies to what is sent from now on. */
  update(link: Link): void {
    const retargeted = link.targetPort !== this.link.targetPort;
    this.link = link;
    if (retargeted) this.destroyConnections();
  }

  /** To be called when faults have changed. */
  pump(): void {
    for (const connection of this.connections) connection.pump();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.destroyConnections();
    await closed;
  }

  /** Without a target a connection is reset at once: the port cannot be closed without losing it to another process. */
  private accept(client: Socket): void {
    const { targetPort } = this.link;
    if (targetPort === undefined) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const connection = new LinkConnection(client, targetPort, this.crossing, () => this.connections.delete(connection));
    this.connections.add(connection);
  }

  private destroyConnections(): void {
    for (const connection of [...this.connections]) connection.destroy();
    this.connections.clear();
  }
}
