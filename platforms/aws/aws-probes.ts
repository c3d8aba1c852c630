import { WORKER_LOCATION } from '../../contracts/validation';
import type { DeploymentScope, ProbePort } from '../platform';
import { PlatformError } from '../platform-error';
import type { ProbeTarget } from '../probes/probe-connection';
import { measureLatency } from '../probes/probe-latency';
import { measureLoad } from '../probes/probe-load';
import { writeAndReadEverywhere } from '../probes/probe-replication';
import { type AwsProbesOptions, frontOf, probeRegion } from './aws-probes-region';
import { deployedStack } from './deployed-stack';

/**
 * Measurements of a deployment on AWS, from where the worker runs: one place, and results say so. What would need
 * probers around the world, or a look into databases that only the region's own network reaches, is refused.
 */
export function createAwsProbes(options: AwsProbesOptions): ProbePort {
  const published = (hostname: string): ProbeTarget => {
    const target: ProbeTarget = { hostname, port: 443 };
    return options.connectTo?.(target) ?? target;
  };
  return {
    region: (input) => probeRegion(options, input),
    /** One measurement, made where the worker runs, whichever locations were asked for. */
    latency: (input, context) =>
      measureLatency(
        published(input.hostname),
        { ...input, locations: [WORKER_LOCATION], source: options.source },
        context,
      ),
    load: (input, context) => measureLoad(published(input.hostname), input, context),
    async writeAndRead({ hostname, regions, timeoutMs, ...scope }) {
      const targets = await Promise.all(
        regions.map(async (region) => ({ region, loadBalancer: await frontTarget(options, { ...scope, region }) })),
      );
      return writeAndReadEverywhere(published(hostname), targets, timeoutMs);
    },
    startWriter: refuseWriter,
    writerLog: refuseWriter,
    stopWriter: refuseWriter,
  };
}

async function frontTarget(options: AwsProbesOptions, place: DeploymentScope & { region: string }) {
  const base = await deployedStack(options.clients, place, place.region, 'base');
  const front = base && (await frontOf(options, place, base));
  if (front) return front.target;
  throw new PlatformError(
    'Platform.Refused',
    `${place.region} has no load balancer: what its database holds cannot be read from outside its network`,
    { region: place.region },
  );
}

async function refuseWriter(): Promise<never> {
  throw new PlatformError(
    'Platform.Refused',
    'a writer counts what survives by reading the databases themselves, and no worker outside their network can; on AWS there are no drills with a writer',
  );
}
