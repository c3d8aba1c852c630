import { request } from 'node:http';
import type { DaemonClient } from '../../lab/daemon/daemon-client';
import type { EdgeRecord } from '../../lab/network/network-port';
import { type RunningNetwork, startNetwork } from '../../lab/network/start-network';
import { TestApp } from '../examples/sample-app/test-app';
import type { TestPostgres } from '../examples/sample-app/test-postgres';
import { testCertificate } from '../lab/network/certificate';
import { type TestRegion, testRegion } from '../lab/network/test-region';

export const HOSTNAME = 'orders.example.com';

/** A network, regions with the sample application behind a load balancer, and the daemon’s answers about them. */
export interface World {
  daemon: DaemonClient;
  network: RunningNetwork;
  apps: TestApp[];
  close(): Promise<void>;
}

export interface WorldRegion {
  region: string;
  environment: Record<string, string>;
}

export async function startWorld(input: {
  regions: WorldRegion[];
  locationRtts: Record<string, Record<string, number>>;
  logFile: string;
  writerDir: string;
  primary: { region: string; postgres: TestPostgres };
}): Promise<World> {
  const certificate = await testCertificate();
  const network = await startNetwork({ logFile: input.logFile, certificate, locationRtts: input.locationRtts });
  const apps: TestApp[] = [];
  const balancers = new Map<string, TestRegion>();
  for (const { region, environment } of input.regions) {
    const app = await TestApp.start({ ...environment, MERIDIAN_REGION: region });
    apps.push(app);
    balancers.set(region, await testRegion(region, certificate, balancerOf(app.port)));
  }
  const records = input.regions.map(({ region }): EdgeRecord => {
    const healthCheck = { path: '/health', intervalSeconds: 1, failureThreshold: 3 };
    return { region, routing: 'latency', healthCheck, targetPort: balancers.get(region)!.port };
  });
  await network.setHostname({ hostname: HOSTNAME, application: 'orders', environment: 'prod', records });
  return {
    daemon: daemonFor(input, network, balancers, certificate.cert),
    network,
    apps,
    async close() {
      await Promise.all(apps.map((app) => app.stop()));
      await network.stop();
      await Promise.all([...balancers.values()].map((balancer) => balancer.close()));
    },
  };
}

function balancerOf(port: number): Parameters<typeof testRegion>[2] {
  return (incoming, response) => {
    const { method, url: path, headers } = incoming;
    const upstream = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.writeHead(502).end());
    incoming.pipe(upstream);
  };
}

function daemonFor(
  { writerDir, primary }: Parameters<typeof startWorld>[0],
  network: RunningNetwork,
  balancers: Map<string, TestRegion>,
  caCertificate: string,
): DaemonClient {
  const answers: Record<string, (input: { region: string }) => Promise<unknown>> = {
    edge: async () => ({ port: await network.edgePort(), caCertificate }),
    status: async () => ({ home: writerDir }),
    'regions.status': async ({ region }) => ({
      region,
      up: balancers.has(region),
      loadBalancerPort: balancers.get(region)?.port ?? 1,
      services: [{ service: 'api', tasksHealthy: balancers.has(region) ? 2 : 0, tasksWanted: 2, detail: 'asked' }],
    }),
    'data.stores': async () => [{ store: 'orders', primary: primary.region, regions: [primary.region], epoch: 1 }],
    'data.connection': async () => ({ ...primary.postgres.connection(), host: '127.0.0.1' }),
  };
  return { call: (name, input) => answers[name]!(input as { region: string }) as never };
}
