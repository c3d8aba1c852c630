import { join } from 'node:path';
import type { DaemonClient } from '../../lab/daemon/daemon-client';
import type { ProbePort } from '../platform';
import type { ProbeTarget } from '../probes/probe-connection';
import { measureLatency } from '../probes/probe-latency';
import { measureLoad } from '../probes/probe-load';
import { writeAndReadEverywhere } from '../probes/probe-replication';
import { createWriterProbes } from './probe-writers';

export interface LabProbesOptions {
  daemon: DaemonClient;
  /** folder in which writers keep their logs; it must outlive the worker. Default: below the home of the lab */
  writerDir?: string;
}

/** The probes of the lab: real requests to real processes, through the edge or a region’s load balancer. */
export function createLabProbes({ daemon, writerDir }: LabProbesOptions): ProbePort {
  const edgeOf = async (hostname: string): Promise<ProbeTarget> => {
    const { port, caCertificate } = await daemon.call('edge', {});
    // the certificate is the lab’s, for localhost: hostnames exist only at the edge
    return { host: '127.0.0.1', port, hostname, caCertificate, anyName: true };
  };
  return {
    async region({ account, application, environment, region, path }) {
      const status = await daemon.call('regions.status', { account, application, environment, region, path });
      return status.services.map((service) => ({
        region,
        ...service,
        healthy: status.up && service.tasksHealthy >= service.tasksWanted,
      }));
    },
    latency: async (input, context) =>
      measureLatency(await edgeOf(input.hostname), { ...input, source: 'lab' }, context),
    async load(input, context) {
      return measureLoad(await edgeOf(input.hostname), input, context);
    },
    async writeAndRead({ account, application, environment, hostname, regions, timeoutMs }) {
      const edge = await edgeOf(hostname);
      const targets = await Promise.all(
        regions.map(async (region) => {
          const scope = { account, application, environment, region };
          const { loadBalancerPort } = await daemon.call('regions.status', scope);
          return { region, loadBalancer: { ...edge, port: loadBalancerPort } };
        }),
      );
      return writeAndReadEverywhere(edge, targets, timeoutMs);
    },
    ...createWriterProbes(daemon, async () => writerDir ?? join((await daemon.call('status', {})).home, 'writers')),
  };
}
