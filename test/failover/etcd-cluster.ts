import { createEtcdLeaseStore } from '../../failover/lease-store/etcd-lease-store';
import type { LeaseStore } from '../../failover/lease-store/lease-store';
import { type Cluster, startProcesses } from './lease-store-cluster';

/** Short, since all members are on one machine: a new leader is there within a second. */
const TIMING = ['--heartbeat-interval', '50', '--election-timeout', '500'];

/** Files of one certificate that its members show, and ask of whoever connects. */
interface CertificateFiles {
  cert: string;
  key: string;
}

/** Three real members of an etcd cluster. With a certificate they speak TLS with whoever shows the same. */
export async function startEtcd(certificate?: CertificateFiles): Promise<Cluster & { endpoints: string[] }> {
  const { etcd } = await import('../../scripts/etcd.mjs');
  const executable = await etcd();
  const scheme = certificate ? 'https' : 'http';
  const { members, stop } = await startProcesses((nth, ports, folder) => {
    const [client, peer] = [`${scheme}://127.0.0.1:${ports[nth]}`, peerUrl(ports, nth)];
    const cluster = [0, 1, 2].map((one) => `member-${one}=${peerUrl(ports, one)}`).join(',');
    return {
      executable,
      args: [
        ...['--name', `member-${nth}`, '--data-dir', folder, '--logger', 'zap', ...TIMING],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', cluster],
        ...(certificate ? tlsFlags(certificate) : []),
      ],
      // Members of 3.4 run on arm64 when told so.
      env: { ETCD_UNSUPPORTED_ARCH: 'arm64' },
    };
  }, 2);
  const endpoints = members.map(({ link }) => `${scheme}://127.0.0.1:${link.port}`);
  const createStore: (options: { name: string; timeoutMs: number }) => LeaseStore = (options) =>
    createEtcdLeaseStore({ endpoints, ...options });
  return { members, stop, endpoints, createStore };
}

function tlsFlags({ cert, key }: CertificateFiles): string[] {
  return ['--cert-file', cert, '--key-file', key, '--trusted-ca-file', cert, '--client-cert-auth'];
}

function peerUrl(ports: readonly number[], nth: number): string {
  return `http://127.0.0.1:${ports[nth + 3]}`;
}
