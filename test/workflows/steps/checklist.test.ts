import { CHECKLIST_ITEMS } from '../../../contracts/validation';
import { type ChecklistFacts, checklist } from '../../../workflows/steps/checklist';
import { sampleReport } from '../../clients/sample-report';

const { plan, request } = sampleReport;
if (!plan) throw new Error('the sample report has no plan');

const nothing: ChecklistFacts = {
  request,
  plan,
  generation: 1,
  source: 'lab',
  at: '2026-01-01T00:00:09Z',
  measuredAt: {},
  agreedRows: new Map(),
  health: [],
  latency: [],
  databases: [],
  readBack: [],
  earlierDrills: [],
};

describe('the validation checklist', () => {
  it('has the ten items of the requirements, in their order', () => {
    expect(checklist(nothing).map(({ item }) => item)).toEqual([...CHECKLIST_ITEMS]);
  });

  it('passes nothing that nobody measured', () => {
    expect(checklist(nothing).filter(({ status }) => status === 'passed')).toEqual([]);
  });

  it('fails the health of regions that were not heard of', () => {
    expect(checklist(nothing)[0]).toMatchObject({
      status: 'failed',
      evidence: [{ measured: expect.stringMatching(/nothing was heard of/) }],
    });
  });

  it('says the worst case first and when it was seen', () => {
    const reading = (region: string, afterMs: number) => ({ region, seen: true, afterMs });
    const [, , , entry] = checklist({
      ...nothing,
      readBack: [reading('us-east-1', 4), reading('ap-southeast-1', 110.4)],
      measuredAt: { replication: '2026-01-01T00:00:03Z' },
      agreedRows: new Map([['orders', 84]]),
    });
    expect(entry).toMatchObject({ status: 'passed', source: 'lab' });
    expect(entry?.evidence.map(({ measured }) => measured)).toEqual([
      'written to the primary, readable in ap-southeast-1 after 110 ms',
      'written to the primary, readable in us-east-1 after 4 ms',
      'all databases of orders hold the same 84 rows',
    ]);
    expect(entry?.evidence[0]?.at).toBe('2026-01-01T00:00:03Z');
  });

  it('never calls a price, a template or an earlier drill a measurement of this deployment', () => {
    const drills = [{ at: '2026-01-01T00:00:00Z', generation: 1, rtoMs: 2_000, passed: true }];
    const entries = checklist({ ...nothing, generation: 2, earlierDrills: drills });
    expect(entries[1]).toMatchObject({
      status: 'not-measured',
      evidence: [{ measured: expect.stringMatching(/generation 1\), passed with an RTO of 2000 ms/) }],
    });
    for (const index of [5, 8, 9]) expect(entries[index]?.status).not.toBe('passed');
  });
});
