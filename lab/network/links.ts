import type { Crossing } from './delay-queue';
import { LinkServer } from './link-server';
import type { Link, LinkFault, NetworkUser } from './network-port';

/**
 * All links and the faults on them.
 *
 * A cut link is silent: nothing crosses in either direction, not even the news that one end died; a new connection is
 * accepted by the kernel of this machine but never reaches the far end. What was sent meanwhile arrives after the cut
 * heals, as TCP would retransmit it, unless the sender gave up.
 */
export class Links {
  private readonly servers = new Map<string, LinkServer>();
  private readonly faults = new Map<string, LinkFault>();

  async set(link: Link): Promise<{ port: number }> {
    const known = this.servers.get(link.id);
    if (known) {
      known.update(link);
      return { port: known.port };
    }
    const server: LinkServer = new LinkServer(
      link,
      this.crossing(() => server.link),
    );
    this.servers.set(link.id, server);
    await server.listen();
    return { port: server.port };
  }

  async remove(id: string): Promise<void> {
    const server = this.servers.get(id);
    this.servers.delete(id);
    await server?.close();
  }

  setFault(fault: LinkFault): void {
    this.faults.set(fault.id, fault);
    this.pump();
  }

  clearFault(id: string): void {
    this.faults.delete(id);
    this.pump();
  }

  /** Nothing of this deployment gets into the region or out of it. */
  isIsolated(of: NetworkUser, region: string): boolean {
    return [...this.faults.values()].some(
      (fault) => fault.kind === 'isolate' && fault.region === region && isSame(fault.of, of),
    );
  }

  private pump(): void {
    for (const server of this.servers.values()) server.pump();
  }

  private crossing(link: () => Link): Crossing {
    return {
      cut: () => this.faultsOn(link()).some((fault) => fault.kind === 'cut' || fault.kind === 'isolate'),
      delayMs: () => (link().rttMs / 2) * this.slowness(link()),
    };
  }

  /** Several slow faults on one link multiply. */
  private slowness(link: Link): number {
    return this.faultsOn(link).reduce((factor, fault) => (fault.kind === 'slow' ? factor * fault.factor : factor), 1);
  }

  private faultsOn(link: Link): LinkFault[] {
    if (this.faults.size === 0) return [];
    return [...this.faults.values()].filter((fault) => isSame(fault.of, link.of) && strikes(fault, link));
  }
}

function isSame(one: NetworkUser, other: NetworkUser): boolean {
  return one.application === other.application && one.environment === other.environment;
}

function strikes(fault: LinkFault, { from, to }: Link): boolean {
  if (fault.kind === 'isolate') return (fault.region === from || fault.region === to) && from !== to;
  return (fault.from === from && fault.to === to) || (fault.from === to && fault.to === from);
}
