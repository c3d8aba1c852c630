import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './paths.mjs';

const require = createRequire(import.meta.url);
const compiled = (path) => require(join(root, 'dist', path));

/** Regions are taken from the front of one of these lists, so that many deployments share templates. */
const REGION_LISTS = [
  [
    'us-east-1',
    'eu-west-1',
    'ap-southeast-1',
    'us-west-2',
    'eu-central-1',
    'sa-east-1',
    'ap-northeast-1',
    'ca-central-1',
  ],
  ['eu-central-1', 'eu-west-1', 'eu-north-1', 'eu-west-3', 'eu-south-1'],
  ['ap-northeast-1', 'ap-southeast-2', 'ap-south-1', 'me-south-1', 'af-south-1', 'ap-east-1'],
];
const EUROPE = 1;

const STORES = {
  none: [],
  database: [{ name: 'orders', engine: 'postgresql' }],
  databases: [
    { name: 'orders', engine: 'postgresql', version: '17.11', storageGb: 100 },
    { name: 'users-1', engine: 'postgresql', instanceClass: 'db.m6g.large', personalData: true },
  ],
  table: [{ name: 'orders', engine: 'dynamodb', consistency: 'eventual' }],
  bucket: [{ name: 'orders', engine: 's3', consistency: 'eventual' }],
  readers: [{ name: 'orders', engine: 'postgresql', strategy: 'read-replicas', consistency: 'eventual' }],
  writers: [
    {
      name: 'orders',
      engine: 'dynamodb',
      strategy: 'active-active',
      consistency: 'eventual',
      conflicts: 'last-writer-wins',
    },
  ],
  everything: [
    { name: 'orders', engine: 'postgresql' },
    { name: 'carts', engine: 'dynamodb', storageGb: 50 },
    { name: 'uploads', engine: 's3', storageGb: 500 },
  ],
};

const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/orders:1.2';
const SERVICES = {
  one: () => [{ name: 'api', image: 'registry.example.com/orders:1' }],
  private: () => [
    { name: 'api', image: IMAGE, cpu: 1024, memoryMb: 2048, tasks: 3 },
    { name: 'mailer', image: IMAGE, public: false, port: 9000 },
  ],
  many: () => [
    { name: 'web', image: IMAGE, environment: { LOG_LEVEL: 'info' }, health: { path: '/', intervalSeconds: 30 } },
    { name: 'api', image: IMAGE, port: 3000, secrets: [{ name: 'API_KEY', from: '/orders/api-key' }] },
    { name: 'worker', image: IMAGE, public: false, secrets: [{ name: 'TOKEN', from: 'orders/token' }] },
  ],
};

/** What a request differs in, and what may be changed about it once it is live. */
function choices(fc) {
  return fc.record({
    environment: fc.constantFrom('development', 'staging', 'production'),
    list: fc.constantFrom(0, 0, EUROPE, 2),
    count: fc.constantFrom(1, 2, 2, 2, 3, 3, 4, 8),
    stores: fc.constantFrom(...Object.keys(STORES)),
    services: fc.constantFrom(...Object.keys(SERVICES)),
    routing: fc.constantFrom('auto', 'latency', 'failover', 'weighted', 'geo'),
    compliance: fc.constantFrom({}, {}, { frameworks: ['gdpr'] }, { residency: ['eu'] }),
    weights: fc.boolean(),
    ownNetwork: fc.constantFrom(false, false, false, true),
    change: fc.constantFrom('none', 'none', 'primary', 'add', 'remove', 'size'),
  });
}

function rawRequest({ stores, services, list, count, weights, ownNetwork, ...rest }) {
  const wanted = REGION_LISTS[list].slice(0, count);
  const { environment, routing, compliance } = rest;
  const dataStores = STORES[stores];
  const uses = dataStores.map(({ name }) => name);
  return {
    application: 'orders',
    environment,
    platform: 'aws',
    hostname: 'orders.example.com',
    users: [{ area: list === 2 ? 'south-east-asia' : 'europe', share: 100 }],
    latency: { underMs: 5_000 },
    budget: { usdPerMonth: 1_000_000 },
    recovery: { rtoSeconds: 7_200, rpoSeconds: 1_800 },
    compliance,
    regions: {
      wanted,
      max: 30,
      overrides: {
        [wanted[0]]: ownNetwork ? { cidr: '172.20.0.0/18', tasks: 4 } : {},
        ...(weights && wanted[1] ? { [wanted[1]]: { weight: 40 } } : {}),
      },
    },
    services: SERVICES[services]().map((service, index) => (index === 0 ? { ...service, uses } : service)),
    dataStores,
    routing,
  };
}

/** A request in words of the contract, or undefined when it would be refused. */
function validRequest(raw) {
  const parsed = compiled('policies/parse-request.js').parseRequest(raw);
  if (parsed.problems) throw new Error(`a generated request is malformed: ${JSON.stringify(parsed.problems)}`);
  const problems = compiled('policies/check-request.js').checkRequest(parsed.request);
  return problems.length === 0 ? parsed.request : undefined;
}

function plan(request, primary, live) {
  const advisor = compiled('skills/multicloud-strategy-advisor/skill.js');
  const candidate = advisor.rankByRules(advisor.advise(request, { primary }));
  if (!candidate) return undefined;
  const chosen = compiled('policies/primary-region.js').primaryRegion(candidate.regions);
  const topology = { ...candidate, primary: chosen, diagram: '' };
  const replication = compiled('skills/database-optimization-analyzer/skill.js').planReplication({ request, topology });
  const generator = compiled('skills/iac-template-generator/skill.js');
  const specs = generator.buildRegionSpecs({ request, topology, replication, live });
  // not the last one, which is the one that a change takes away
  const firstRegion = live?.firstRegion ?? (specs[1] ?? specs[0]).region;
  const { account, application, environment } = request;
  const traffic = generator.buildTraffic(request, topology);
  const { stacks } = generator.generateTemplates({ account, application, environment, specs, traffic, firstRegion });
  return { specs, firstRegion, stacks };
}

/** The same choices, with what a change makes of them; undefined when there is nothing to change. */
function changed(chosen, { specs, firstRegion }) {
  const regions = specs.map(({ region }) => region);
  switch (chosen.change) {
    case 'primary':
      return regions.length > 1 ? { chosen, primary: regions[1] } : undefined;
    case 'add':
      return { chosen: { ...chosen, count: chosen.count + 1 }, primary: regions[0] };
    case 'remove':
      return regions.length > 1 && regions.indexOf(firstRegion) !== regions.length - 1
        ? { chosen: { ...chosen, count: chosen.count - 1 }, primary: regions[0] }
        : undefined;
    case 'size':
      return { chosen: { ...chosen, services: 'private' }, primary: regions[0] };
    default:
      return undefined;
  }
}

/** The stacks of a change; undefined when it is refused, as taking a protected copy of a table away is. */
function changePlan(request, primary, live) {
  try {
    return plan(request, primary, live);
  } catch (error) {
    if (error.name === 'UnrenderableError') return undefined;
    throw error;
  }
}

/**
 * Valid requests for AWS and the stacks that they become: `wanted` different ones, the same every time. A change of what
 * is live counts as a request of its own. Says how many were refused on the way.
 */
export function templateRequests(wanted, seed) {
  const fc = require('fast-check');
  const seen = new Set();
  const requests = [];
  let refused = 0;
  for (const chosen of fc.sample(choices(fc), { seed, numRuns: wanted * 10 })) {
    if (requests.length >= wanted) break;
    const key = JSON.stringify(chosen);
    if (seen.has(key)) continue;
    seen.add(key);
    const request = validRequest(rawRequest(chosen));
    const made = request && plan(request);
    if (!made) {
      refused += 1;
      continue;
    }
    requests.push({ chosen, stacks: made.stacks });
    const next = changed(chosen, made);
    const after = next && validRequest(rawRequest(next.chosen));
    const change = after && changePlan(after, next.primary, made);
    if (change) requests.push({ chosen: { ...next.chosen, live: true }, stacks: change.stacks });
  }
  return { requests, refused };
}
