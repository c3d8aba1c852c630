import fc from 'fast-check';
import { parseRequest } from '../../policies/parse-request';
import { writtenRequest } from './sample-request';

/** Problems as people read them. */
function read(value: unknown): string[] {
  const parsed = parseRequest(value);
  return 'problems' in parsed
    ? parsed.problems.map(({ field, received, valid }) => `${field}: received ${received}; valid: ${valid}`)
    : [];
}

function service(changes: Record<string, unknown>): Record<string, unknown> {
  return writtenRequest({ services: [{ name: 'api', image: 'x:1', ...changes }], dataStores: [] });
}

describe('a request that is written well', () => {
  test('comes back with its defaults', () => {
    const parsed = parseRequest(writtenRequest());
    expect(parsed).toMatchObject({
      request: { criticality: 'standard', regions: { max: 5 }, latency: { percentile: 95 } },
    });
  });

  test('keeps names that people choose themselves: regions with overrides, environment variables', () => {
    expect(read(writtenRequest({ regions: { overrides: { 'eu-west-1': { tasks: 3 } } } }))).toEqual([]);
    expect(read(service({ environment: { ANY_NAME: 'x' } }))).toEqual([]);
  });
});

describe('a request that is written wrongly', () => {
  test.each<[string, unknown, string[]]>([
    [
      'a port that is no number',
      service({ port: 'abc' }),
      ['services[0].port: received "abc"; valid: a whole number from 1 to 65535'],
    ],
    [
      'a port with a fraction',
      service({ port: 80.5 }),
      ['services[0].port: received 80.5; valid: a whole number from 1 to 65535'],
    ],
    [
      'a port out of range',
      service({ port: 70000 }),
      ['services[0].port: received 70000; valid: a whole number from 1 to 65535'],
    ],
    [
      'a size that does not exist',
      service({ cpu: 300 }),
      ['services[0].cpu: received 300; valid: one of 256, 512, 1024, 2048, 4096'],
    ],
    [
      'a word that is not one of the choices',
      writtenRequest({ environment: 'prod' }),
      ['environment: received "prod"; valid: one of development, staging, production'],
    ],
    [
      'a missing block',
      writtenRequest({ budget: undefined }),
      ['budget: received nothing; valid: a block with usdPerMonth'],
    ],
    [
      'a missing number',
      writtenRequest({ recovery: { rtoSeconds: 60 } }),
      ['recovery.rpoSeconds: received nothing; valid: a number from 0 to 604800'],
    ],
    [
      'a number that must be positive',
      writtenRequest({ budget: { usdPerMonth: -5 } }),
      ['budget.usdPerMonth: received -5; valid: a number above 0'],
    ],
    [
      'a share above all users',
      writtenRequest({ users: [{ area: 'europe', share: 120 }] }),
      ['users[0].share: received 120; valid: a number above 0, at most 100 (percent of all users)'],
    ],
    [
      'an empty list',
      writtenRequest({ users: [] }),
      ['users: received []; valid: a list of 1 to 20 entries, each with area, share'],
    ],
    [
      'a list that is no list',
      writtenRequest({ users: 'europe' }),
      ['users: received "europe"; valid: a list of 1 to 20 entries, each with area, share'],
    ],
    [
      'a name with capitals',
      writtenRequest({ application: 'Orders App' }),
      [
        'application: received "Orders App"; valid: 2 to 32 lower-case letters, digits or dashes, starting with a letter',
      ],
    ],
    [
      'a host name that is none',
      writtenRequest({ hostname: 'orders' }),
      ['hostname: received "orders"; valid: a host name, for example "orders.example.com"'],
    ],
    [
      'a place instead of a region',
      writtenRequest({ regions: { wanted: ['Ireland'] } }),
      ['regions.wanted[0]: received "Ireland"; valid: a region id, for example "eu-west-1"; did you mean "eu-west-1"?'],
    ],
    [
      'an environment variable that is a number in YAML',
      service({ environment: { PORT: 8080 } }),
      ['services[0].environment.PORT: received 8080; valid: text of at most 1000 characters'],
    ],
    [
      'an environment variable with a wrong name',
      service({ environment: { 'a-b': 'x' } }),
      ['services[0].environment.a-b: received "a-b"; valid: a name written like ^[A-Z][A-Z0-9_]*$'],
    ],
    [
      'a health path without its slash',
      service({ health: { path: 'live' } }),
      ['services[0].health.path: received "live"; valid: text of at most 200 characters, written like ^\\/.*'],
    ],
    [
      'a truth value in words',
      service({ public: 'yes' }),
      ['services[0].public: received "yes"; valid: true or false'],
    ],
  ])('%s', (_what, value, problems) => {
    expect(read(value)).toEqual(problems);
  });

  test('reports every problem at once', () => {
    expect(read(writtenRequest({ environment: 'prod', budget: {}, latency: { underMs: 'fast' } }))).toHaveLength(3);
  });

  test('a key that no request has is refused with the one that was meant', () => {
    expect(read(writtenRequest({ lateny: { underMs: 100 } }))[0]).toMatch(
      /^lateny: received \{"underMs":100\}; valid: did you mean "latency"\? a request has application, /,
    );
    expect(read(writtenRequest({ recovery: { rtoSeconds: 60, rpoSeconds: 30, rto: 5 } }))).toEqual([
      'recovery.rto: received 5; valid: recovery has rtoSeconds, rpoSeconds, automation, drillMaxAgeDays',
    ]);
    expect(read(service({ prot: 80 }))[0]).toMatch(/^services\[0\]\.prot: received 80; valid: did you mean "port"\?/);
  });

  test.each([undefined, null, 'text', 42, true, [], [{}]])('something that is no request at all: %p', (value) => {
    const [first] = read(value);
    expect(first).toMatch(/^request: received .*; valid: a block with application, environment, platform/);
  });

  test('more than 200 KB is refused by its size', () => {
    expect(read(writtenRequest({ notes: 'x'.repeat(210_000) }))).toEqual([
      expect.stringMatching(/^request: received 21\d{4} bytes; valid: plain data of at most 204800 bytes$/),
    ]);
  });

  test('a value that contains itself is refused, not followed', () => {
    const cycle: Record<string, unknown> = writtenRequest();
    cycle.users = cycle;
    expect(read(cycle)[0]).toMatch(/^request: received a value that contains itself/);
  });

  test('never throws, and always says which field, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseRequest(value);
        expect('problems' in parsed).toBe(true);
        if (!('problems' in parsed)) return;
        for (const { field, received, valid } of parsed.problems) {
          expect(field).not.toBe('');
          expect(received).not.toBe('');
          expect(valid).not.toBe('');
        }
      }),
    );
  });

  test('one broken field anywhere is found and named', () => {
    const paths = [
      'application',
      'environment',
      'platform',
      'hostname',
      'users',
      'latency',
      'budget',
      'recovery',
      'services',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.constantFrom(null, 7, false, ''), (field, value) => {
        expect(read(writtenRequest({ [field]: value }))[0]).toMatch(new RegExp(`^${field}: received `));
      }),
    );
  });
});
