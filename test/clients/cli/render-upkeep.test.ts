import pc from 'picocolors';
import { progressBlock } from '../../../clients/cli/console-progress';
import { renderDrift } from '../../../clients/cli/render-drift';
import { renderSweep } from '../../../clients/cli/render-sweep';
import type { DriftReport } from '../../../contracts/drift';
import type { StackKind, StackRef } from '../../../contracts/stack';
import type { SweepResult } from '../../../contracts/sweep';
import { sampleReport } from '../sample-report';

const plain = pc.createColors(false);
const ref = (region: string, kind: StackKind): StackRef => ({
  account: 'default',
  region,
  kind,
  name: `orders-staging-${kind}`,
});

describe('drift', () => {
  const report: DriftReport = {
    application: 'orders',
    environment: 'staging',
    generation: 3,
    stacks: [
      { ref: ref('us-east-1', 'base'), kind: 'same' },
      {
        ref: ref('us-east-1', 'connectivity'),
        kind: 'drifted',
        drifted: [
          {
            resource: 'LoadBalancer',
            type: 'AWS::X',
            kind: 'changed',
            differences: [
              { path: 'IdleTimeout', expected: '60', actual: '4000' },
              { path: 'Name', expected: '', actual: `evil\u001b[31m\n${'x'.repeat(200)}` },
            ],
          },
          { resource: 'Alarm', type: 'AWS::Y', kind: 'deleted', differences: [] },
        ],
      },
      { ref: ref('eu-west-1', 'base'), kind: 'missing' },
      { ref: ref('eu-west-1', 'data'), kind: 'unknown', why: 'not supported' },
    ],
    others: [{ ref: ref('sa-east-1', 'base'), why: 'somebody else made it' }],
  };

  test('says what was changed by hand, what is gone, what cannot be told, and what is not live', () => {
    const text = renderDrift(report, plain);
    expect(text).toMatch(/us-east-1\/base +as applied/);
    expect(text).toContain('~ LoadBalancer AWS::X\n        IdleTimeout: 60 -> 4000\n');
    expect(text).toContain('- Alarm AWS::Y  deleted by hand');
    expect(text).toMatch(/eu-west-1\/base +missing/);
    expect(text).toMatch(/eu-west-1\/data +cannot be told: not supported/);
    expect(text).toContain('sa-east-1/orders-staging-base: somebody else made it');
    expect(text).toContain('2 of 4 stacks of orders/staging differ; of 1 stack it cannot be told');
    expect(text).toContain('--revert-drift');
  });

  test('values from the cloud stay on their line and bring no escape codes', () => {
    const text = renderDrift(report, plain);
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/Name: \(nothing\) -> evil \[31m x+…\n/);
  });

  test('says it plainly when nothing differs, or nothing is live', () => {
    expect(renderDrift({ ...report, stacks: report.stacks.slice(0, 1), others: [] }, plain)).toContain(
      '1 stack as applied',
    );
    expect(renderDrift({ ...report, generation: undefined, stacks: [], others: [] }, plain)).toBe(
      'orders/staging: nothing is live\n',
    );
  });
});

describe('a sweep', () => {
  const orphan = { ref: ref('us-east-1', 'base'), generation: 2, why: 'generation 2 has ended and is not live' };
  const result: SweepResult = {
    dryRun: true,
    orphans: [orphan],
    left: [{ ref: ref('eu-west-1', 'base'), why: 'kept dark until tomorrow' }],
    live: 4,
    destroyed: [],
    failed: [],
  };

  test('dry: says what would go and why the rest stays', () => {
    const text = renderSweep(result, plain);
    expect(text).toContain('- us-east-1/base (orders-staging-base)  would be destroyed: generation 2 has ended');
    expect(text).toContain('eu-west-1/base (orders-staging-base)  left alone: kept dark until tomorrow');
    expect(text).toContain('4 stacks of what is live');
    expect(text).toContain('1 orphan to destroy; nothing was touched');
  });

  test('done: an orphan is either destroyed or told with what went wrong', () => {
    expect(renderSweep({ ...result, dryRun: false, destroyed: [orphan.ref] }, plain)).toContain(
      '1 orphan destroyed, 0 left',
    );
    const failed = renderSweep({ ...result, dryRun: false, failed: [{ ref: orphan.ref, why: 'not empty' }] }, plain);
    expect(failed).toContain('could not be destroyed: not empty');
    expect(failed).toContain('0 orphans destroyed, 1 left');
    expect(renderSweep({ ...result, orphans: [] }, plain)).toContain('no orphans');
  });
});

test('progress shows that a deployment is paused', () => {
  const { ledger } = sampleReport;
  const paused = { by: 'grace', reason: 'lunch', since: '2026-11-21T12:00:00.000Z' };
  const [head] = progressBlock(
    { phase: 'regions', regions: [], ledger, events: [], paused },
    { elapsedMs: 0, latest: '' },
    { columns: 80, errColors: plain },
  );
  expect(head).toMatch(/^regions \(paused\)/);
});
