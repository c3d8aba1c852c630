import { REGION_IDS } from '../../catalog/regions';
import { checkRequest } from '../../policies/check-request';
import { closestRegions } from '../../policies/closest-regions';
import { sampleRequest } from './sample-request';

/** Problems as people read them. */
function read(changes: Record<string, unknown>): string[] {
  return checkRequest(sampleRequest(changes)).map(
    ({ field, received, valid }) => `${field}: received ${received}; valid: ${valid}`,
  );
}

const api = { name: 'api', image: 'x:1' };
const store = { name: 'orders', engine: 'postgresql' };

test('a request without contradictions has no problems', () => {
  expect(read({})).toEqual([]);
  expect(read({ regions: { wanted: ['eu-west-1', 'us-east-1'] }, rollout: { canary: 'eu-west-1' } })).toEqual([]);
  expect(
    read({
      users: [
        { area: 'worldwide', share: 33.3 },
        { area: 'europe', share: 33.3 },
        { area: 'africa', share: 33.3 },
      ],
    }),
  ).toEqual([]);
});

describe('users', () => {
  test('whose shares do not sum to 100 are refused with the sum', () => {
    expect(
      read({
        users: [
          { area: 'europe', share: 50 },
          { area: 'africa', share: 30 },
        ],
      }),
    ).toEqual(['users: received shares 50 + 30 = 80; valid: shares that sum to 100 percent']);
  });

  test('of an unknown area are refused with the area that was meant', () => {
    expect(read({ users: [{ area: 'Europa', share: 100 }] })[0]).toMatch(
      /^users\[0\]\.area: received "Europa"; valid: did you mean "europe"\? one of worldwide, north-america/,
    );
  });

  test('of one area twice are refused where it is repeated', () => {
    expect(
      read({
        users: [
          { area: 'europe', share: 50 },
          { area: 'europe', share: 50 },
        ],
      }),
    ).toEqual(['users[1].area: received "europe", as in users[0]; valid: each area once']);
  });
});

describe('regions', () => {
  test('that do not exist are refused with the nearest names, wherever they are named', () => {
    expect(read({ regions: { wanted: ['eu-wset-1', 'us-east-1'] } })).toEqual([
      'regions.wanted[0]: received "eu-wset-1"; valid: a region of the catalog: nearest are eu-west-1, eu-west-2, eu-west-3',
    ]);
    expect(
      read({ regions: { excluded: ['us-gov-9'] }, rollout: { canary: 'mars-north-1' } }).map(
        (line) => line.split(':')[0],
      ),
    ).toEqual(['regions.excluded[0]', 'rollout.canary']);
  });

  test('are also found by the name of their place', () => {
    expect(closestRegions('Ireland')).toEqual(['eu-west-1']);
    expect(closestRegions('N. Virginia')).toContain('us-east-1');
    expect(closestRegions('sao paulo')).toEqual(['sa-east-1']);
    expect(closestRegions('completely-else')).toEqual([]);
  });

  test('both wanted and excluded, or wanted twice, are contradictions', () => {
    expect(read({ regions: { wanted: ['eu-west-1', 'us-east-1', 'eu-west-1'], excluded: ['us-east-1'] } })).toEqual([
      'regions.wanted[2]: received "eu-west-1", as in regions.wanted[0]; valid: each region once',
      'regions.excluded[0]: received "us-east-1", which regions.wanted asks for; valid: a region that is not wanted',
    ]);
  });

  test('excluded to the last one leave nothing to deploy to', () => {
    expect(read({ regions: { excluded: [...REGION_IDS] } })).toEqual([
      'regions.excluded: received every region of the catalog; valid: at least one region left',
    ]);
  });

  test('a canary must be one of those wanted', () => {
    expect(read({ regions: { wanted: ['eu-west-1', 'us-east-1'] }, rollout: { canary: 'eu-west-3' } })).toEqual([
      'rollout.canary: received "eu-west-3"; valid: one of regions.wanted: eu-west-1, us-east-1',
    ]);
  });
});

describe('networks given by hand', () => {
  function networks(cidrs: Record<string, string>): string[] {
    const overrides = Object.fromEntries(Object.entries(cidrs).map(([region, cidr]) => [region, { cidr }]));
    return read({ regions: { wanted: Object.keys(cidrs), overrides } });
  }

  test('that share addresses are refused, naming both', () => {
    expect(networks({ 'us-east-1': '10.20.0.0/16', 'eu-west-1': '10.20.64.0/20' })).toEqual([
      'regions.overrides.eu-west-1.cidr: received "10.20.64.0/20", which overlaps "10.20.0.0/16" of us-east-1; ' +
        'valid: networks without a common address, for example "10.20.0.0/16" and "10.21.0.0/16"',
    ]);
  });

  test('that lie side by side are fine', () => {
    expect(networks({ 'us-east-1': '10.20.0.0/17', 'eu-west-1': '10.20.128.0/17' })).toEqual([]);
    expect(networks({ 'us-east-1': '172.16.0.0/16', 'eu-west-1': '192.168.0.0/20' })).toEqual([]);
  });

  test.each(['10.20.0.0', 'ten', '10.20.0.0/33', '10.20.0.0/24', '10.0.0.0/8', '8.8.0.0/16', 'fd00::/16'])(
    'that no region can use are refused: %s',
    (cidr) => {
      expect(networks({ 'us-east-1': cidr })).toEqual([
        expect.stringMatching(/; valid: a private IPv4 network from \/16 to \/23/),
      ]);
    },
  );

  test('that are an address rather than a network are refused with the network', () => {
    expect(networks({ 'us-east-1': '10.20.1.1/16' })).toEqual([
      'regions.overrides.us-east-1.cidr: received "10.20.1.1/16"; valid: the network\'s own address, "10.20.0.0/16"',
    ]);
  });
});

describe('residency', () => {
  const eu = { residency: ['eu'] };

  test('with no wanted region inside is refused with those that are', () => {
    expect(read({ compliance: eu, regions: { wanted: ['us-east-1', 'us-west-2'] } })).toEqual([
      expect.stringMatching(
        /^regions\.wanted: received us-east-1, us-west-2: none in eu, .*; valid: regions in eu: eu-central-1/,
      ),
    ]);
  });

  test('is broken by any region outside, because data is copied there', () => {
    expect(read({ compliance: eu, regions: { wanted: ['eu-west-1', 'eu-central-1', 'eu-west-2'] } })).toEqual([
      expect.stringMatching(
        /^regions\.wanted\[2\]: received "eu-west-2", which is in uk and would serve or hold a copy .* stay in eu; valid: one of eu-central-1/,
      ),
    ]);
  });

  test('in a jurisdiction that nobody knows is refused with the one that was meant', () => {
    expect(read({ compliance: { residency: ['EU'] } })[0]).toMatch(
      /^compliance\.residency\[0\]: received "EU"; valid: did you mean "eu"\?/,
    );
    expect(read({ compliance: { residency: ['mars'] } })[0]).toMatch(/valid: one of us, ca, mx, br, eu, uk,/);
  });

  test('in two jurisdictions cannot be kept by one set of data', () => {
    expect(read({ compliance: { residency: ['eu', 'us'] } })).toEqual([
      expect.stringMatching(/^compliance\.residency: received eu, us; valid: one jurisdiction per deployment/),
    ]);
  });

  test('with a region that lacks the class of its database names the classes it has', () => {
    const regions = { wanted: ['ca-west-1', 'us-east-1'] };
    expect(read({ regions })).toEqual([
      expect.stringMatching(
        /^regions\.overrides\.ca-west-1\.instanceClass: received "db\.t4g\.small", which ca-west-1 does not have; valid: one of db\.t3\.large, /,
      ),
    ]);
    const overrides = { 'ca-west-1': { instanceClass: 'db.m6g.large' } };
    expect(read({ regions: { ...regions, overrides } })).toEqual([]);
  });

  test('whose regions are all excluded leaves nothing', () => {
    expect(
      read({ compliance: { residency: ['jp'] }, regions: { excluded: ['ap-northeast-1', 'ap-northeast-3'] } }),
    ).toEqual([
      expect.stringMatching(
        /^regions\.excluded: received every region in jp; valid: at least one of ap-northeast-1, ap-northeast-3 left/,
      ),
    ]);
  });
});

describe('services', () => {
  test('that use a store which is not there are refused with the one that was meant', () => {
    expect(read({ services: [{ ...api, uses: ['order'] }] })).toEqual([
      'services[0].uses[0]: received "order"; valid: did you mean "orders"? one of dataStores: orders',
    ]);
  });

  test('and stores have names of their own', () => {
    expect(read({ services: [api, api], dataStores: [store, store] })).toEqual([
      'services[1].name: received "api", as in services[0]; valid: a name of its own',
      'dataStores[1].name: received "orders", as in dataStores[0]; valid: a name of its own',
    ]);
  });

  test('have sizes that can be had', () => {
    expect(read({ services: [{ ...api, cpu: 256, memoryMb: 4096 }] })).toEqual([
      'services[0].memoryMb: received 4096; valid: from 512 to 2048 with cpu 256',
    ]);
  });

  test('are noticed to be sick before the recovery time is over', () => {
    expect(read({ services: [{ ...api, health: { intervalSeconds: 30, unhealthyAfter: 3 } }] })).toEqual([
      'services[0].health: received every 30 s, unhealthy after 3: noticed after 90 s; valid: intervalSeconds times unhealthyAfter below the rto of 60 s',
    ]);
  });

  test('may not set the variables that Meridian sets', () => {
    const lines = read({
      services: [
        { ...api, uses: ['orders'], environment: { ORDERS_HOST: 'x' }, secrets: [{ name: 'PORT', from: 'y' }] },
      ],
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^services\[0\]\.environment\.ORDERS_HOST: received ORDERS_HOST, which Meridian sets itself; valid: any name but PORT/,
      ),
      expect.stringMatching(/^services\[0\]\.secrets\[0\]\.name: received PORT/),
    ]);
  });

  test('that are all private leave the hostname leading nowhere', () => {
    expect(read({ services: [{ ...api, public: false }] })).toEqual([
      'services: received no service with public: true; valid: at least one that the hostname leads to',
    ]);
  });
});

describe('data stores', () => {
  test('of an engine that the platform does not have are refused with those it has', () => {
    expect(read({ dataStores: [{ name: 'orders', engine: 'dynamodb' }] })).toEqual([
      'dataStores[0].engine: received "dynamodb": the lab platform runs PostgreSQL only; valid: an engine that can be deployed on lab: postgresql',
    ]);
    const onAws = { platform: 'aws', recovery: { rtoSeconds: 600, rpoSeconds: 900 } };
    expect(read({ ...onAws, dataStores: [{ name: 'orders', engine: 'redis' }] })[0]).toMatch(
      /"redis": a Global Datastore .* valid: an engine that can be deployed on aws: postgresql, dynamodb, s3$/,
    );
    const stores = ['postgresql', 'dynamodb', 's3'].map((engine, index) => ({
      name: ['orders', 'carts', 'files'][index],
      engine,
    }));
    expect(read({ ...onAws, dataStores: stores })).toEqual([]);
  });

  test('that several regions write need an engine for it, a word on conflicts, and readers who can wait', () => {
    const table = { name: 'orders', engine: 'dynamodb', strategy: 'active-active' };
    const onAws = (changes: object) =>
      read({ platform: 'aws', recovery: { rtoSeconds: 600, rpoSeconds: 900 }, dataStores: [{ ...table, ...changes }] });
    expect(onAws({})).toEqual([expect.stringContaining('or conflicts: application or last-writer-wins')]);
    expect(onAws({ conflicts: 'last-writer-wins' })).toEqual([expect.stringMatching(/consistency: received "strong"/)]);
    expect(onAws({ conflicts: 'last-writer-wins', consistency: 'eventual' })).toEqual([]);
    expect(onAws({ engine: 's3', conflicts: 'last-writer-wins' })).toEqual([expect.stringContaining('has one writer')]);
  });

  test('with several writers are refused for PostgreSQL, with the reason', () => {
    expect(read({ dataStores: [{ ...store, strategy: 'active-active' }] })[0]).toMatch(
      /^dataStores\[0\]\.strategy: received "active-active", but postgresql on lab has one writer: .*; valid: active-passive or read-replicas$/,
    );
  });

  test('that are read from replicas cannot be strongly consistent', () => {
    expect(read({ dataStores: [{ ...store, strategy: 'read-replicas' }] })[0]).toMatch(
      /^dataStores\[0\]\.consistency: received "strong"/,
    );
    expect(read({ dataStores: [{ ...store, strategy: 'read-replicas', consistency: 'causal' }] })).toEqual([]);
  });

  test('that are sharded are a deployment for each shard', () => {
    expect(read({ dataStores: [{ ...store, strategy: 'sharded' }] })[0]).toMatch(
      /^dataStores\[0\]\.strategy: received "sharded": .* one primary region.*; valid: .*application orders-eu and orders-us/,
    );
  });

  test('with a recovery point that nothing can keep are refused with the least that can be kept', () => {
    expect(read({ platform: 'aws', recovery: { rtoSeconds: 600, rpoSeconds: 30 } })).toEqual([
      expect.stringMatching(
        /^recovery\.rpoSeconds: received 30 \(rpo 30 s: postgresql on aws replicates asynchronously .*\); valid: accept an rpo of at least 60 s/,
      ),
    ]);
    expect(read({ platform: 'aws', dataStores: [{ ...store, replication: 'synchronous' }] })[0]).toMatch(
      /^dataStores\[0\]\.replication: received "synchronous" \(.*no synchronous replication.*\); valid: let the store/,
    );
    expect(read({ recovery: { rtoSeconds: 60, rpoSeconds: 0 }, regions: { max: 1 } })).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, number, string[], RegExp | undefined]>([
    [
      'two standbys beside a primary',
      { whenDegraded: 'block' },
      30,
      ['us-east-1', 'us-west-2', 'eu-west-1'],
      undefined,
    ],
    ['a recovery point of nothing over three regions', {}, 0, ['us-east-1', 'us-west-2', 'eu-west-1'], undefined],
    [
      'blocking with one standby',
      { whenDegraded: 'block' },
      30,
      ['us-east-1', 'eu-west-1'],
      /^dataStores\[0\]\.whenDegraded: received "block" \(.*\); valid: 2 or more regions beside the primary/,
    ],
    [
      'a recovery point of nothing with one standby',
      {},
      0,
      ['us-east-1', 'eu-west-1'],
      /^recovery\.rpoSeconds: received 0 \(.*\); valid: 2 or more regions .*whenDegraded: continue/,
    ],
    [
      'a quorum of more than there can be',
      { quorum: 2 },
      30,
      ['us-east-1', 'eu-west-1'],
      /^dataStores\[0\]\.quorum: received 2 \(.*\); valid: 2 or more regions/,
    ],
    [
      'blocking with a standby to spare beside regions that only read',
      { whenDegraded: 'block', strategy: 'read-replicas', consistency: 'eventual' },
      30,
      ['us-east-1', 'us-west-2', 'eu-west-1'],
      undefined,
    ],
    [
      'a quorum that no write waits for',
      { quorum: 1 },
      600,
      ['us-east-1', 'eu-west-1'],
      /^dataStores\[0\]\.quorum: received 1 while the store replicates asynchronously/,
    ],
    [
      'words about missing standbys of a store that waits for none',
      { whenDegraded: 'continue', replication: 'asynchronous' },
      30,
      ['us-east-1', 'eu-west-1'],
      /^dataStores\[0\]\.whenDegraded: received "continue" while the store replicates asynchronously/,
    ],
  ])('with %s', (_, changes, rpoSeconds, wanted, problem) => {
    const problems = read({
      dataStores: [{ ...store, ...changes }],
      recovery: { rtoSeconds: 600, rpoSeconds },
      regions: { wanted },
    });
    expect(problems).toEqual(problem ? [expect.stringMatching(problem)] : []);
  });

  test('of a class without a price are refused with the one that was meant', () => {
    expect(read({ dataStores: [{ ...store, instanceClass: 'db.t4g.smal' }] })[0]).toMatch(
      /^dataStores\[0\]\.instanceClass: received "db\.t4g\.smal"; valid: did you mean "db\.t4g\.small"\?/,
    );
    expect(read({ regions: { overrides: { 'eu-west-1': { instanceClass: 'huge' } } } })[0]).toMatch(
      /^regions\.overrides\.eu-west-1\.instanceClass/,
    );
  });
});
