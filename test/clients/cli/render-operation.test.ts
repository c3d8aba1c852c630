import pc from 'picocolors';
import { cliAccepts } from '../../../clients/cli/accepts';
import { EXIT } from '../../../clients/cli/exit-codes';
import { exitCodeOfOperation, renderFailovers, renderOperation } from '../../../clients/cli/render-operation';
import { questionOf } from '../../../clients/live-operations';
import { parseSlashCommand } from '../../../clients/slack/slash-command';
import type { OperationOutcome, OperationReport } from '../../../contracts/operation-report';

const AT = '2026-11-20T10:00:00.000Z';
const report: OperationReport = {
  schema: 'meridian.operation/1',
  kind: 'switchover',
  application: 'orders',
  environment: 'staging',
  generation: 7,
  outcome: 'failed',
  summary: 'the provider says no',
  requester: 'ada',
  approvals: [],
  phases: [
    { phase: 'drain', what: 'drain us-east-1 at the edge', ms: 12, outcome: 'done' },
    { phase: 'hand-over', what: 'hand the writes over to eu-west-1', ms: 1_500, outcome: 'failed' },
  ],
  receipts: [{ kind: 'stopped-cleanly', region: 'us-east-1', epoch: 4, at: AT, detail: 'no process is left' }],
  evidence: [{ source: 'lab', measured: 'orders in eu-west-1 was 3 ms behind', at: AT, generation: 1 }],
  undone: ['return traffic to us-east-1'],
  left: ['could not hand back'],
  next: ['meridian rejoin orders/staging eu-west-1'],
  documents: [],
  workflow: { id: 'switchover/orders/staging/7', runId: 'r' },
  startedAt: AT,
  endedAt: AT,
};

test('a report says what was done, how that is known, what was undone, what is left and what to do next', () => {
  expect(renderOperation(report, pc.createColors(false))).toBe(`switchover/orders/staging/7  failed
the provider says no
  drain         12 ms  drain us-east-1 at the edge
  hand-over     1.5 s  hand the writes over to eu-west-1: failed
  fenced: us-east-1, stopped-cleanly, epoch 4: no process is left
  seen (lab): orders in eu-west-1 was 3 ms behind
  undone: return traffic to us-east-1
  left: could not hand back
next: meridian rejoin orders/staging eu-west-1
`);
});

test.each<[OperationOutcome, string[], number]>([
  ['done', [], EXIT.ok],
  ['nothing-to-do', [], EXIT.ok],
  ['refused', [], EXIT.blocked],
  ['rejected', [], EXIT.rejected],
  ['stood-down', [], EXIT.rejected],
  ['failed', [], EXIT.rolledBack],
  ['failed', ['something'], EXIT.failed],
])('%s with %j left exits with %d', (outcome, left, code) => {
  expect(exitCodeOfOperation({ ...report, outcome, left })).toBe(code);
});

test('where a deployment stands names the one who writes by record and by platform, and what to do about a difference', () => {
  const text = renderFailovers('orders/staging', {
    state: {
      deployment: 'diverged',
      primary: 'us-east-1',
      epoch: 3,
      regions: [{ region: 'us-east-1', state: 'primary' }],
    },
    writers: [{ store: 'orders', region: 'eu-west-1', epoch: 5 }],
    failovers: [
      {
        store: 'orders',
        to: 'us-east-1',
        epoch: 3,
        at: AT,
        phases: [{ phase: 'promote', ms: 800 }],
        by: 'the platform',
      },
    ],
    operations: [],
    fenced: [],
  });
  expect(text).toContain('orders/staging is diverged, writes in us-east-1, epoch 3');
  expect(text).toContain('orders: the platform says eu-west-1 writes, epoch 5');
  expect(text).toContain('record it: meridian failovers orders/staging --record');
  expect(text).toContain('orders: nobody -> us-east-1, epoch 3, 800 ms, by the platform');
});

describe('the command line', () => {
  it.each([
    [['switchover', 'orders/staging', 'eu-west-1', '--reason', 'maintenance'], true],
    [['promote-region', 'orders/staging', 'eu-west-1', '--accept-risk', 'gone', '--until', '+1h'], true],
    [['promote-region', 'orders/staging', 'eu-west-1', '--accept-risk', 'gone', '--until', '+25h'], false],
    [['promote-region', 'orders/staging', 'eu-west-1', '--accept-risk', 'gone', '--until', '2099-12-01'], false],
    [['failovers', 'orders/staging', '--record'], true],
    [['switchover', 'orders/staging'], false],
    [['drain', 'orders/staging', 'Ireland'], false],
    [['drain', 'orders/staging/3', 'eu-west-1'], false],
    [['promote-region', 'orders/staging', 'eu-west-1', '--until', 'soon'], false],
  ])('takes %j: %s', (argv, taken) => {
    expect(cliAccepts(argv)).toBe(taken);
  });
});

describe('chat', () => {
  it('reads operations, with the word that confirms what cannot be taken back', () => {
    const asked = { verb: 'operate', operation: { kind: 'rejoin', region: 'eu-west-1' } };
    expect(parseSlashCommand('rejoin orders/staging eu-west-1')).toMatchObject({ ...asked, confirmed: false });
    expect(parseSlashCommand('rejoin orders/staging eu-west-1 confirm')).toMatchObject({ ...asked, confirmed: true });
    expect(() => parseSlashCommand('drain orders/staging Ireland')).toThrow(
      /names no region; valid: drain APP\/ENV REGION/,
    );
    expect(() => parseSlashCommand('drain orders/staging eu-west-1 now please')).toThrow(/"now please" is too much/);
  });

  it('asks about what cannot be taken back, and about nothing else', () => {
    const ask = (kind: 'drain' | 'rejoin' | 'promote-region') =>
      questionOf({ kind, region: 'eu-west-1', requester: 'ada' }, 'orders/staging');
    expect(ask('drain')).toBeUndefined();
    expect(ask('rejoin')).toMatch(/saved, then replaced/);
    expect(ask('promote-region')).toMatch(/what was not replicated is lost/);
  });
});
