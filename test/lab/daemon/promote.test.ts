import type { Database, Deployment, Lab, Site, Store } from '../../../lab/daemon/lab-state';
import { promote } from '../../../lab/daemon/promote';
import type { Link } from '../../../lab/network/network-port';

const A = 'eu-west-1';
const B = 'us-east-1';

function site(region: string, peers: string[], port: number): Site {
  const database = { store: 'orders', region, port, spec: { replication: 'asynchronous' } } as Database;
  return {
    region,
    peers: new Set(peers),
    storePorts: new Map([['orders', { database: port, writer: 1, upstream: 2 }]]),
    databases: new Map([['orders', database]]),
  } as Site;
}

test('a promotion whose links could not be set is completed by repeating it', async () => {
  const secrets = { administratorPassword: 'a', replicatorPassword: 'r', applicationPassword: 'p' };
  // what is left when the network failed right after the promotion
  const promoted: Store = {
    name: 'orders',
    primary: B,
    writer: A,
    epoch: 3,
    lastPromotion: { from: A, to: B, epoch: 3 },
    secrets,
  };
  const deployment = {
    account: 'default',
    application: 'orders',
    environment: 'staging',
    sites: new Map([
      [A, site(A, [B], 1)],
      [B, site(B, [A], 2)],
    ]),
    stores: new Map([['orders', promoted]]),
  } as unknown as Deployment;
  const links: Link[] = [];
  const setLink = async (link: Link) => {
    links.push(link);
    return { port: 1 };
  };
  const lab = { network: { setLink }, certificate: {}, log: () => undefined } as unknown as Lab;
  await promote(lab, deployment, { store: 'orders', region: B, expectedPrimary: A, epoch: 3 });
  expect(links.find(({ id }) => id.endsWith(`${A}/orders/upstream`))).toMatchObject({ to: B, targetPort: 2 });
});
