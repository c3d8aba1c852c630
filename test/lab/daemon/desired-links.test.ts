import { desiredLinks } from '../../../lab/daemon/desired-links';
import type { Database, Deployment, Site, Store } from '../../../lab/daemon/lab-state';

const A = 'eu-west-1';
const B = 'us-east-1';

function site(region: string, peers: string[], port: number): Site {
  const database = { store: 'orders', region, port } as Database;
  return {
    region,
    peers: new Set(peers),
    storePorts: new Map([['orders', { database: port, writer: 1, upstream: 2 }]]),
    databases: new Map([['orders', database]]),
  } as Site;
}

function linksOf({ peersOfA = [B], peersOfB = [A], store = {} as Partial<Store> }) {
  const deployment = {
    account: 'default',
    application: 'orders',
    environment: 'staging',
    sites: new Map([
      [A, site(A, peersOfA, 101)],
      [B, site(B, peersOfB, 102)],
    ]),
    stores: new Map([['orders', { name: 'orders', primary: A, writer: A, ...store } as Store]]),
  } as unknown as Deployment;
  const links = desiredLinks(deployment, (from, to) => (from === to ? 1 : 80));
  return Object.fromEntries(
    links.map(({ id, from, to, rttMs, targetPort }) => [
      id.split('/').slice(3).join('/'),
      { from, to, rttMs, targetPort },
    ]),
  );
}

test('writers of every region lead to the primary, a standby’s upstream too, with the distance between them', () => {
  expect(linksOf({})).toEqual({
    'eu-west-1/orders/writer': { from: A, to: A, rttMs: 1, targetPort: 101 },
    'eu-west-1/orders/upstream': { from: A, to: A, rttMs: 1, targetPort: undefined },
    'us-east-1/orders/writer': { from: B, to: A, rttMs: 80, targetPort: 101 },
    'us-east-1/orders/upstream': { from: B, to: A, rttMs: 80, targetPort: 101 },
  });
});

test.each([
  ['the far end', [B], []],
  ['the near end', [], [A]],
])('a link leads nowhere while the connectivity of %s is missing', (_end, peersOfA, peersOfB) => {
  const links = linksOf({ peersOfA, peersOfB });
  expect(links['us-east-1/orders/writer']?.targetPort).toBeUndefined();
  expect(links['us-east-1/orders/upstream']?.targetPort).toBeUndefined();
  expect(links['eu-west-1/orders/writer']?.targetPort).toBe(101);
});

test('after a promotion the log turns round at once, and writes when they are shifted', () => {
  const promoted = linksOf({ store: { primary: B } });
  expect(promoted['eu-west-1/orders/upstream']?.targetPort).toBe(102);
  expect(promoted['eu-west-1/orders/writer']?.targetPort).toBe(101);
  expect(linksOf({ store: { primary: B, writer: B } })['eu-west-1/orders/writer']?.targetPort).toBe(102);
});
