import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { OPERATION_KINDS, REGION_STATES } from '../../../contracts/operation';
import { type DeploymentRecord, emptyRecord } from '../../../contracts/record';
import { judgeOperation } from '../../../policies/operations/judge-operation';
import { majorityRegion } from '../../../policies/operations/majority-region';
import { deploymentState, isDiverged, newestEpoch, regionState } from '../../../policies/operations/operating-state';
import { withOperationTables } from '../../../policies/operations/operation-tables';
import { encounter, endsQuestion, isEmergency, OPERATIONS, priorityOf } from '../../../policies/operations/transitions';

const page = join(__dirname, '../../../docs/operations.md');

test('docs/operations.md is that of the table (else: node scripts/write-operations-doc.mjs)', () => {
  const text = readFileSync(page, 'utf8');
  expect(withOperationTables(text)).toBe(text);
  expect(text).toContain('| `switchover` |');
});

const REGIONS = ['us-east-1', 'eu-west-1', 'ap-southeast-1'];
/** Any record of three regions: somebody takes the writes, others may be drained or fenced. */
const record = fc
  .record({
    live: fc.boolean(),
    primary: fc.constantFrom(...REGIONS),
    drained: fc.subarray(REGIONS),
    fenced: fc.subarray(REGIONS),
    moving: fc.option(fc.constantFrom(...REGIONS), { nil: undefined }),
  })
  .map(({ live, primary, drained, fenced, moving }): DeploymentRecord => {
    const topology = { regions: REGIONS.map((region) => ({ region })) };
    const out = fenced.filter((region) => region !== primary);
    return {
      ...emptyRecord('orders', 'staging'),
      drained,
      fenced: out.map((region) => ({ region, since: '', epoch: 1, why: '' })),
      ...(moving && { moving: { to: moving, from: {}, since: '' } }),
      ...(live && { primary, live: { topology } as unknown as NonNullable<DeploymentRecord['live']> }),
    };
  });
const asked = fc.record({
  kind: fc.constantFrom(...OPERATION_KINDS),
  region: fc.constantFrom(...REGIONS, 'eu-north-1'),
});

describe('the table of operations', () => {
  it('answers everything that can be asked of any record, in words without holes', () => {
    fc.assert(
      fc.property(record, asked, fc.boolean(), (found, operation, diverged) => {
        const judgement = judgeOperation(operation, found, diverged);
        if (judgement.kind !== 'legal') expect(judgement.why).toMatch(/^[^{}?]+$/);
      }),
    );
  });

  it('lets nothing near but what mends, ends or does not touch a deployment whose record is behind', () => {
    fc.assert(
      fc.property(record, asked, (found, operation) => {
        if (!found.live || judgeOperation(operation, found, true).kind !== 'legal') return;
        expect(['record-failover', 'restore', 'retire', 'sweep']).toContain(operation.kind);
      }),
    );
  });

  it('never hands the writes to a region that is fenced, drained by hand without being asked back, or unknown', () => {
    fc.assert(
      fc.property(record, asked, (found, operation) => {
        // data that is put back from a backup is nobody's present data
        if (operation.kind === 'restore') return;
        const row = OPERATIONS[operation.kind];
        const before = regionState(found, operation.region);
        const cell = row.region?.[before];
        if (!cell || !('becomes' in cell) || cell.becomes !== 'primary') return;
        if (judgeOperation(operation, found).kind !== 'legal' || found.moving?.to === operation.region) return;
        expect(['standby', 'drained', 'primary-drained']).toContain(before);
      }),
    );
  });

  it('gives every region exactly one state, and says failed-over when one is fenced', () => {
    fc.assert(
      fc.property(record, (found) => {
        for (const region of REGIONS) expect(REGION_STATES).toContain(regionState(found, region));
        const settled = found.fenced?.length ? 'failed-over' : 'live';
        if (found.live) expect(deploymentState(found)).toBe(found.moving ? 'moving' : settled);
      }),
    );
  });

  it('calls the region that takes the writes the primary, whatever it was fenced for before', () => {
    const out = { region: 'us-east-1', since: '', epoch: 1, why: '' };
    const live = { topology: { regions: [{ region: 'us-east-1' }] } } as unknown as DeploymentRecord['live'];
    const found = { ...emptyRecord('orders', 'staging'), live, primary: 'us-east-1', fenced: [out] };
    expect(regionState(found, 'us-east-1')).toBe('primary');
    expect(judgeOperation({ kind: 'rejoin', region: 'us-east-1' }, found).kind).toBe('refused');
  });

  it('lets nothing but what ends a move, or everything, begin while one is unfinished, and always what ends it', () => {
    fc.assert(
      fc.property(record, asked, (found, operation) => {
        if (!found.live || !found.moving) return;
        const goesOn = judgeOperation({ kind: 'promote-region', region: found.moving.to }, found);
        expect([goesOn.kind, judgeOperation({ kind: 'record-failover' }, found).kind]).toEqual(['legal', 'legal']);
        if (judgeOperation(operation, found).kind === 'legal')
          expect(['promote-region', 'record-failover', 'restore', 'retire', 'sweep']).toContain(operation.kind);
      }),
    );
  });
});

describe('two operations', () => {
  it('only an emergency does not wait, and nothing pre-empts an emergency', () => {
    for (const running of OPERATION_KINDS)
      for (const one of OPERATION_KINDS) {
        if (!isEmergency(one) || isEmergency(running)) expect(encounter(running, one)).toBe('waits');
        if (encounter(running, one) !== 'waits') expect(priorityOf(one)).toBeLessThan(priorityOf(running));
      }
  });

  it('only what is waited for gives up a question: a drill for all that does not pre-empt it, others for an emergency', () => {
    const pairs = OPERATION_KINDS.flatMap((running) =>
      OPERATION_KINDS.filter((one) => endsQuestion(running, one)).map((one) => `${running}: ${one}`),
    );
    expect(pairs).toEqual([
      'promote-region: record-failover',
      'restore: record-failover',
      ...['record-failover', 'promote-region', 'restore'].map((one) => `retire: ${one}`),
      ...OPERATION_KINDS.filter((one) => one !== 'drill' && !isEmergency(one)).map((one) => `drill: ${one}`),
    ]);
  });
});

describe('who takes the writes', () => {
  it('is the region of most stores, and of as many the one that was chosen since', () => {
    const at = (...regions: string[]) => regions.map((region) => ({ region }));
    expect(majorityRegion(at('b', 'a', 'b'), 'a')).toBe('b');
    expect(majorityRegion(at('a', 'b'), 'a')).toBe('b');
    expect(majorityRegion([{}, {}], 'a')).toBeUndefined();
  });

  it('differs from the record only if the platform says so', () => {
    const known = { primary: 'a', epoch: 4 };
    expect(isDiverged(known, [{ region: 'a', epoch: 4 }, {}])).toBe(false);
    expect(isDiverged(known, [{ region: 'b', epoch: 4 }])).toBe(true);
    const moving = { to: 'b', from: {}, since: '' };
    expect(isDiverged({ ...known, moving }, [{ region: 'b' }])).toBe(false);
    expect(isDiverged({ ...known, moving }, [{ region: 'c' }])).toBe(true);
    const renewed = [{ region: 'a', epoch: 5 }];
    expect([isDiverged(known, renewed), newestEpoch(known, renewed)]).toEqual([false, 5]);
  });
});
