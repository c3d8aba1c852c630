import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { locationRttMs, locations } from '../../../catalog/latency';
import type { RequestProblem } from '../../../contracts/request';
import { adviceProblems } from '../../../policies/advice-problems';
import { checkRequest } from '../../../policies/check-request';
import { parseRequest } from '../../../policies/parse-request';
import { replicationWords } from '../../../policies/replication-words';
import { planReplication } from '../../../skills/database-optimization-analyzer/skill';
import { advise, rankByRules } from '../../../skills/multicloud-strategy-advisor/skill';

const folder = join(__dirname, '../../../examples');
const yamlIn = (below: string) => readdirSync(join(folder, below)).filter((name) => name.endsWith('.yaml'));
const textOf = (path: string) => readFileSync(join(folder, path), 'utf8');

/** Every check that runs before anything is started, in order; each only when the one before found nothing. */
function problemsOf(text: string): RequestProblem[] {
  const parsed = parseRequest(parse(text));
  if ('problems' in parsed) return parsed.problems;
  const found = checkRequest(parsed.request);
  return found.length > 0 ? found : adviceProblems(parsed.request, advise(parsed.request));
}

function requestIn(path: string) {
  const parsed = parseRequest(parse(textOf(path)));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
}

describe('examples that run', () => {
  const good = [...yamlIn('.'), ...yamlIn('faults').map((name) => `faults/${name}`)];

  test.each(good)('%s passes every check and has a topology that breaks no policy', (path) => {
    expect(problemsOf(textOf(path))).toEqual([]);
    expect(rankByRules(advise(requestIn(path)))).toBeDefined();
  });

  test.each(good)('%s meets its SLA at each of the ten test locations, with time left for the service', (path) => {
    const request = requestIn(path);
    const chosen = rankByRules(advise(request))!;
    const regions = chosen.regions.map(({ region }) => region);
    const answering = chosen.routing === 'failover' ? regions.slice(0, 1) : regions;
    for (const { id } of locations) {
      const ms = Math.min(...answering.map((region) => locationRttMs(id, region)));
      expect(ms).toBeLessThan(request.latency.underMs - 30);
    }
  });

  test('have names of their own', () => {
    const names = good.map((path) => requestIn(path).application);
    expect(new Set(names).size).toBe(names.length);
  });

  test('three-regions.yaml writes in us-east-1 and reads everywhere, within its comment’s figures', () => {
    const chosen = rankByRules(advise(requestIn('three-regions.yaml')))!;
    expect(chosen).toMatchObject({ mode: 'active-passive', routing: 'latency', survivesRegionLoss: true });
    expect(chosen.regions.map(({ region, role }) => `${role} ${region}`)).toEqual([
      'primary us-east-1',
      'standby eu-west-1',
      'standby ap-southeast-1',
    ]);
    const text = textOf('three-regions.yaml');
    expect(text).toContain(`modelled within ${Math.round(chosen.latency.modelledMs)} ms`);
    expect(text).toContain(`It costs about $${Math.round(chosen.cost.usdPerMonth)} a month`);
  });

  test('failover-pair.yaml sends all traffic to its primary, within its comment’s figures', () => {
    const chosen = rankByRules(advise(requestIn('failover-pair.yaml')))!;
    expect(chosen).toMatchObject({ mode: 'active-passive', routing: 'failover' });
    const text = textOf('failover-pair.yaml');
    expect(text).toContain(`modelled within ${Math.round(chosen.latency.modelledMs)} ms`);
    expect(text).toContain(`It costs about $${Math.round(chosen.cost.usdPerMonth)} a month`);
  });
});

describe('examples of replication', () => {
  test.each(['synchronous-block.yaml', 'synchronous-continue.yaml', 'read-replica.yaml'])(
    '%s is planned as its first lines say',
    (path) => {
      const request = requestIn(path);
      const chosen = rankByRules(advise(request))!;
      const topology = { ...chosen, primary: chosen.regions[0]!.region, diagram: '' };
      const [store] = planReplication({ request, topology }).stores;
      const said = [
        `orders, ${store!.primary} → ${store!.replicas.join(', ')}`,
        ...replicationWords(store!),
        `$${Math.round(chosen.cost.usdPerMonth)} a month`,
      ];
      const written = textOf(path)
        .split('\n')
        .filter((line) => line.startsWith('#   '));
      expect(written).toEqual(said.map((line) => `#   ${line}`));
    },
  );
});

describe('examples that are refused', () => {
  const bad = yamlIn('bad');

  test('are there for every kind of bad request', () => {
    expect(bad).toHaveLength(6);
  });

  test.each(bad.filter((name) => name !== 'broken-yaml.yaml'))(
    '%s is refused with exactly the error in its first lines',
    (name) => {
      const text = textOf(`bad/${name}`);
      const said = problemsOf(text).map(
        ({ field, received, valid }) => `#   ${field}: received ${received}; valid: ${valid}`,
      );
      expect(said).toEqual(text.split('\n').filter((line) => line.startsWith('#   ')));
    },
  );

  test('broken-yaml.yaml cannot be read, at the place that its first lines name', () => {
    const text = textOf('bad/broken-yaml.yaml');
    const [expected] = text.split('\n').filter((line) => line.startsWith('#   '));
    expect(() => parse(text)).toThrow(expected?.slice(4));
  });
});
