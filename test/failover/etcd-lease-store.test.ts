import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { createEtcdLeaseStore } from '../../failover/lease-store/etcd-lease-store';
import { createJsonClient, type JsonClient } from '../../failover/lease-store/json-client';
import { LeaseStoreUnavailable } from '../../failover/lease-store/lease-store';
import { NO_LEASE, renewed, takenOver } from '../../failover/protocol/lease';
import { startEtcd } from './etcd-cluster';
import { itKeepsLeases } from './lease-store-contract';

const START_MS = 120_000;

/** What cannot be had is said, not passed: see scripts/etcd.mjs. */
const hasEtcd = spawnSync('sh', ['-c', 'command -v etcd || command -v apt-get']).status === 0;
const describeEtcd = hasEtcd ? describe : describe.skip;

describeEtcd(`the lease store in etcd${hasEtcd ? '' : ' (not run: there is neither etcd nor apt-get here)'}`, () => {
  let cluster: Awaited<ReturnType<typeof startEtcd>>;
  beforeAll(async () => {
    cluster = await startEtcd();
  }, START_MS);
  afterAll(() => cluster?.stop());

  itKeepsLeases(() => cluster, { timeoutMs: 1_200, recoverMs: 3_000, changeRoundTrips: 1 });
});

describeEtcd('the lease store in an etcd that asks who one is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-etcd-tls-'));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const user = { name: 'meridian', password: 'correct horse' };
  let cluster: Awaited<ReturnType<typeof startEtcd>>;
  let tls: { ca: string; cert: string; key: string };

  beforeAll(async () => {
    // Without a common name: the gateway refuses clients whose certificate has one.
    const made = await generate([{ name: 'organizationName', value: 'Meridian test' }], {
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    writeFileSync(files.cert, made.cert);
    writeFileSync(files.key, made.private);
    tls = { ca: made.cert, cert: made.cert, key: readFileSync(files.key, 'utf8') };
    cluster = await startEtcd(files);
    const admin = createJsonClient(tls);
    await enableUsers(admin, cluster.endpoints[0] as string, user);
    admin.close();
  }, START_MS);
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true });
  });

  const storeWith = (extras: object) =>
    createEtcdLeaseStore({ endpoints: cluster.endpoints, name: 'test', timeoutMs: 1_000, ...extras });

  it('shows its certificate and its password, and needs access to the keys of leases only', async () => {
    const store = storeWith({ ...tls, user });
    expect(await store.read('a/b/c/d')).toEqual(NO_LEASE);
    expect(await store.change('a/b/c/d', takenOver(NO_LEASE, 'eu'))).toMatchObject({ outcome: 'changed' });
    store.close();
  });

  it('goes on when the members have forgotten its token', async () => {
    const store = storeWith({ ...tls, user });
    await store.change('a/b/c/e', takenOver(NO_LEASE, 'eu'));
    await Promise.all(cluster.members.map((member) => member.kill()));
    await Promise.all(cluster.members.map((member) => member.start()));
    await expect(untilChanged(() => store.change('a/b/c/e', renewed('eu', 1)))).resolves.toBeUndefined();
    store.close();
  });

  it.each([
    ['a wrong password', () => ({ ...tls, user: { name: 'meridian', password: 'wrong' } }), /authentication failed/],
    ['no password', () => tls, /permission denied|user name is empty/],
    ['no certificate', () => ({ ca: tls.ca, user }), /certificate|socket hang up|ECONNRESET/],
    ['a server that it cannot trust', () => ({ cert: tls.cert, key: tls.key, user }), /self-signed certificate/],
  ])('says why it has no lease with %s', async (_, extras, reason) => {
    const store = storeWith(extras());
    const read = store.read('a/b/c/d');
    await expect(read).rejects.toThrow(LeaseStoreUnavailable);
    await expect(read).rejects.toThrow(reason);
    store.close();
  });
});

async function untilChanged(change: () => Promise<{ outcome: string }>): Promise<void> {
  for (let attempts = 0; attempts < 5; attempts++) if ((await change()).outcome === 'changed') return;
  throw new Error('no change succeeded');
}

/** As an administrator does with etcdctl: root, and a user that may read and write below one prefix. */
async function enableUsers(admin: JsonClient, endpoint: string, user: { name: string; password: string }) {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const perm = { permType: 'READWRITE', key: base64('meridian/leases/'), range_end: base64('meridian/leases0') };
  const steps: Array<[string, object]> = [
    ['user/add', { name: 'root', password: 'root' }],
    ['role/add', { name: 'root' }],
    ['user/grant', { user: 'root', role: 'root' }],
    ['user/add', user],
    ['role/add', { name: 'leases' }],
    ['role/grant', { name: 'leases', perm }],
    ['user/grant', { user: user.name, role: 'leases' }],
    ['enable', {}],
  ];
  for (const [path, body] of steps) {
    const answer = await admin.post(`${endpoint}/v3/auth/${path}`, body, performance.now() + 5_000);
    if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  }
}
