import {
  CHECKLIST_ITEMS,
  type ChecklistEntry,
  type DrillResult,
  type LatencyMeasurement,
  type ServiceHealth,
} from '../../contracts/validation';
import { validationVerdict } from '../../policies/validation-verdict';

const healthy: ServiceHealth = {
  region: 'us-east-1',
  service: 'api',
  healthy: true,
  tasksHealthy: 2,
  tasksWanted: 2,
  detail: '200',
};
const fast: LatencyMeasurement = {
  location: 'london',
  servedBy: 'eu-west-1',
  samples: 20,
  p50Ms: 20,
  p95Ms: 22,
  slaPercentileMs: 22,
  withinSla: true,
  source: 'lab',
};
const drill: DrillResult = {
  class: 'region-loss',
  region: 'us-east-1',
  promoted: 'eu-west-1',
  rtoMs: 2_000,
  rtoTargetMs: 60_000,
  phases: [],
  firstWriteMs: 2_000,
  acknowledgedWrites: 100,
  acknowledgedWritesLost: 0,
  rpoMs: 0,
  rpoTargetMs: 30_000,
  reportedLagMs: 0,
  fence: { kind: 'processes-gone', region: 'us-east-1', epoch: 2, at: '2026-01-01T00:00:00Z', detail: '' },
  passed: true,
  why: 'within both',
};
const entry = (status: ChecklistEntry['status']): ChecklistEntry => ({
  item: CHECKLIST_ITEMS[5],
  status,
  evidence: [{ source: 'lab', measured: 'no dashboard in eu-west-1', at: '', generation: 1 }],
});
const good = { health: [healthy], latency: [fast], drill, checklist: [entry('passed')] };

test('what passed everything is promoted', () => {
  expect(validationVerdict(good)).toEqual({ verdict: 'promoted', blockers: [], proposals: [] });
});

test('what is modelled or was not measured is no reason to block', () => {
  expect(validationVerdict({ ...good, checklist: [entry('modelled'), entry('not-measured')] }).verdict).toBe(
    'promoted',
  );
});

test('one unhealthy region blocks promotion, with its own words', () => {
  const health = [healthy, { ...healthy, region: 'eu-west-1', healthy: false, detail: 'answers 503' }];
  expect(validationVerdict({ ...good, health })).toMatchObject({
    verdict: 'blocked',
    blockers: ['api in eu-west-1 fails its health checks: answers 503'],
  });
});

test('nothing is promoted of which nothing is known', () => {
  expect(validationVerdict({ ...good, health: [] }).verdict).toBe('blocked');
});

test('a missed SLA blocks and proposes other regions or edge locations', () => {
  const latency = [fast, { ...fast, location: 'sydney', slaPercentileMs: 320.4, withinSla: false }];
  const { verdict, proposals } = validationVerdict({ ...good, latency });
  expect(verdict).toBe('blocked');
  expect(proposals).toEqual([
    'latency sla missed: sydney 320 ms from eu-west-1; choose regions nearer to them, or add edge locations',
  ]);
});

test('a missed RTO blocks and proposes to automate or to add regions, a missed RPO to replicate synchronously', () => {
  const { verdict, proposals } = validationVerdict({ ...good, drill: { ...drill, rtoMs: 61_000, rpoMs: 31_000 } });
  expect(verdict).toBe('blocked');
  expect(proposals).toEqual([
    expect.stringMatching(/^rto missed: 61000 ms .* automate/),
    expect.stringMatching(/^rpo missed: 31000 ms .* synchronously/),
  ]);
});

test('a failed check or drill blocks with its evidence', () => {
  const { blockers } = validationVerdict({
    ...good,
    checklist: [entry('failed')],
    drill: { ...drill, passed: false, why: '3 acknowledged writes lost' },
  });
  expect(blockers).toEqual([
    'failover drill: 3 acknowledged writes lost',
    'Monitoring dashboards operational in all regions: no dashboard in eu-west-1',
  ]);
});
