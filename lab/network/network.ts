import { Edge, type EdgeCertificate, type LocationRtts } from './edge';
import { startEdgeControl } from './edge-control';
import { EdgeHostnames } from './edge-hostnames';
import { Links } from './links';
import type { NetworkLog } from './network-log';
import type { NetworkPort, NetworkUser } from './network-port';

export interface NetworkConfig {
  certificate: EdgeCertificate;
  locationRtts: LocationRtts;
}

/** Starts the whole network inside this process and returns its port. */
export async function createNetwork(config: NetworkConfig, log: NetworkLog): Promise<NetworkPort> {
  const links = new Links();
  const isIsolated = (of: NetworkUser, region: string) => links.isIsolated(of, region);
  const hostnames = new EdgeHostnames(log, isIsolated);
  const edgePort = await new Edge(config.certificate, hostnames, config.locationRtts, isIsolated).listen();
  const controlPort = await startEdgeControl(hostnames);
  log('edge', { port: edgePort, controlPort });
  return {
    async setLink(link) {
      const { port } = await links.set(link);
      log('link', { ...link, port });
      return { port };
    },
    async removeLink(id) {
      await links.remove(id);
      log('link-removed', { id });
    },
    async setFault(fault) {
      links.setFault(fault);
      log('fault', { ...fault });
    },
    async clearFault(id) {
      links.clearFault(id);
      log('fault-cleared', { id });
    },
    async setHostname(hostname) {
      hostnames.set(hostname);
    },
    async removeHostname(name) {
      hostnames.remove(name);
      log('hostname-removed', { hostname: name });
    },
    resolve: async (name) => hostnames.resolve(name),
    health: async (name) => hostnames.health(name),
    alarms: async (since) => hostnames.alarms(since),
    endFailover: async (of) => hostnames.endFailover(of),
    edgePort: async () => edgePort,
    controlPort: async () => controlPort,
  };
}
