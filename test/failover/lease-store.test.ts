import { join } from 'node:path';
import { createEmbeddedLeaseStore } from '../../failover/lease-store/embedded-lease-store';
import { type Cluster, startProcesses } from './lease-store-cluster';
import { itKeepsLeases } from './lease-store-contract';

const compiled = join(__dirname, '..', '..', 'dist', 'failover', 'lease-store', 'replica-server.js');

async function startReplicas(): Promise<Cluster> {
  const { members, stop } = await startProcesses(
    (nth, ports, directory) => ({
      executable: process.execPath,
      args: [
        '-e',
        `require(${JSON.stringify(compiled)}).startReplica(${JSON.stringify({ directory, port: ports[nth] })})`,
      ],
    }),
    1,
  );
  const replicas = members.map(({ link }) => `http://127.0.0.1:${link.port}`);
  return { members, stop, createStore: (options) => createEmbeddedLeaseStore({ replicas, ...options }) };
}

describe('the embedded lease store', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startReplicas();
  });
  afterAll(() => cluster.stop());

  itKeepsLeases(() => cluster, { timeoutMs: 600, recoverMs: 1_500, changeRoundTrips: 1 });
});
