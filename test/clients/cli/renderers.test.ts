import pc from 'picocolors';
import { consoleProgress } from '../../../clients/cli/console-progress';
import { renderPlan } from '../../../clients/cli/render-plan';
import { renderVerdict } from '../../../clients/cli/render-verdict';
import { formatMs, formatUsd } from '../../../clients/format';
import type { Progress } from '../../../contracts/progress';
import { CHECKLIST_ITEMS } from '../../../contracts/validation';
import { failedReport, sampleReport } from '../sample-report';
import { memoryTerminal } from './memory-terminal';

const plain = pc.createColors(false);
const plan = sampleReport.plan!;

const progress: Progress = {
  phase: 'regions',
  regions: [
    { region: 'eu-west-1', role: 'primary', state: 'applying', detail: 'base: LoadBalancer' },
    { region: 'us-east-1', role: 'standby', state: 'waiting', detail: '' },
  ],
  ledger: sampleReport.ledger,
  events: [
    { seq: 1, at: '2026-11-21T08:00:00.000Z', step: 'regions', region: 'eu-west-1', message: 'applying\u001b[31m' },
  ],
};

describe('the plan', () => {
  test('counts what it adds, changes, replaces and destroys', () => {
    const changes = [
      {
        ...plan.changes[0]!,
        changes: [
          { action: 'create' as const, resource: 'A', type: 'T' },
          { action: 'change' as const, resource: 'B', type: 'T' },
          { action: 'replace' as const, resource: 'C', type: 'T' },
          { action: 'delete' as const, resource: 'D', type: 'T' },
        ],
      },
    ];
    const text = renderPlan({ ...plan, changes }, {}, plain);
    expect(text).toContain('Plan: 1 to add, 1 to change, 1 to replace, 1 to destroy');
    for (const line of ['+ A T', '~ B T', '± C T (replaced)', '- D T']) expect(text).toContain(line);
  });

  test('lists every stack once, global records under their own heading', () => {
    const text = renderPlan(plan, { details: true }, plain);
    expect(text.match(/OrdersRecord/g)).toHaveLength(1);
    expect(text.indexOf('\nglobal\n')).toBeLessThan(text.indexOf('OrdersRecord'));
  });

  test('folds a stack that is new as a whole into one line', () => {
    const text = renderPlan(plan, {}, plain);
    expect(text).toContain('+ base         3 resources  orders-staging-base');
    expect(text).not.toContain('OrdersApi');
    expect(text).toContain('Plan: 13 to add');
  });

  test('says when it costs more than the budget', () => {
    expect(renderPlan(plan, { budgetUsdPerMonth: 900 }, plain)).not.toContain('over budget');
    expect(renderPlan(plan, { budgetUsdPerMonth: 600 }, plain)).toContain('$612 a month of $600: over budget');
  });

  test('shows what cannot be undone and how the rest would be', () => {
    const text = renderPlan(plan, {}, plain);
    expect(text).toContain(plan.irreversible[0]);
    expect(text).toContain('us-east-1/global: delete');
  });
});

describe('the verdict', () => {
  test('a promoted deployment shows all ten checks, the drill and every location', () => {
    const text = renderVerdict(sampleReport, { workflowUrl: 'http://localhost:1/w', reportPath: '/r.html' }, plain);
    for (const item of CHECKLIST_ITEMS) expect(text).toContain(item);
    for (const { location } of sampleReport.latency) expect(text).toContain(location);
    expect(text).toContain('RTO 4.1 s of 60 s (detect 2.1 s');
    expect(text).toContain('/r.html');
    expect(text).toContain('http://localhost:1/w');
  });

  test('a check shows its headline, the first line of its evidence, alone', () => {
    const [first, ...others] = sampleReport.checklist;
    const at = sampleReport.endedAt;
    const evidence = [
      { measured: 'worst case\nits second line', at },
      { measured: 'another', at },
    ].map((entry) => ({ ...first!.evidence[0]!, ...entry }));
    const text = renderVerdict({ ...sampleReport, checklist: [{ ...first!, evidence }, ...others] }, {}, plain);
    expect(text).toContain('                 worst case\n');
    expect(text).not.toMatch(/its second line|another/);
  });

  test('a failed one says what failed, what was undone, what is left and what next, in this order', () => {
    const text = renderVerdict(failedReport, {}, plain);
    const order = ['did not stabilize', 'undone:', 'still there:', 'next:'].map((part) => text.indexOf(part));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });
});

describe('progress', () => {
  test('a log gets one line per event and no escape codes of its own', () => {
    const terminal = memoryTerminal();
    consoleProgress(terminal).update({ ...progress, events: [{ ...progress.events[0]!, message: 'applying' }] });
    expect(terminal.stderr).toBe('08:00:00 regions eu-west-1: applying\n');
  });

  test('a terminal gets a block that is erased before it is drawn again', () => {
    const terminal = memoryTerminal([], true);
    const view = consoleProgress(terminal, () => 0);
    view.update(progress);
    const lines = terminal.stderr.split('\n').length - 1;
    view.update({ ...progress, events: [] });
    expect(terminal.stderr).toContain(`\u001b[${lines}A\u001b[0J`);
    expect(terminal.stderr).toContain('eu-west-1  primary  applying    base: LoadBalancer');
    expect(terminal.stderr).toContain('1,712/12,000 tokens');
  });

  test('no line is wider than the terminal, and text from elsewhere brings no escape codes', () => {
    const terminal = memoryTerminal([], true);
    const long = progress.regions.map((region) => ({ ...region, detail: 'x'.repeat(300) }));
    consoleProgress(terminal, () => 0).update({ ...progress, regions: long });
    for (const line of terminal.stderr.split('\n')) expect(line.length).toBeLessThan(80);
    expect(terminal.stderr).not.toContain('\u001b[31m');
  });
});

test.each([
  [0, '0 ms'],
  [0.4, '<1 ms'],
  [4.25, '4.3 ms'],
  [850, '850 ms'],
  [4_120, '4.1 s'],
  [5_000, '5 s'],
  [63_200, '63 s'],
  [185_000, '3 min 5 s'],
  [300_000, '5 min'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
])('%d ms is written "%s"', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [0, '$0'],
  [0.009, '$0.01'],
  [612.4, '$612'],
  [1234567, '$1,234,567'],
])('%d USD is written "%s"', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});
