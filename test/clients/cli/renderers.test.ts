import pc from 'picocolors';
import { consoleProgress } from '../../../clients/cli/console-progress';
import { renderPlan } from '../../../clients/cli/render-plan';
import { renderVerdict } from '../../../clients/cli/render-verdict';
import { formatMs, formatUsd } from '../../../clients/format';
import type { DeploymentPlan } from '../../../contracts/plan';
import type { Progress } from '../../../contracts/progress';
import type { PlannedChange } from '../../../contracts/stack';
import { CHECKLIST_ITEMS } from '../../../contracts/validation';
import { analysedReport, failedReport, sampleReport } from '../sample-report';
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

/** The sample plan as a change of what is live: two stacks change, one region leaves, one comes. */
const change: DeploymentPlan = {
  ...plan,
  costBefore: 500,
  changes: plan.changes.map((stack) => ({ ...stack, before: 'present', changes: [], broadening: [] })),
};
const changing = (changes: PlannedChange[], broadening: string[] = []): DeploymentPlan => ({
  ...change,
  changes: [{ ...change.changes[0]!, changes, broadening }, ...change.changes.slice(1)],
});
const leaving: DeploymentPlan = {
  ...change,
  removals: [
    {
      region: 'sa-east-1',
      stacks: plan.stacks.slice(0, 1).map((stack) => ({
        ...stack,
        ref: { ...stack.ref, region: 'sa-east-1' },
        resources: 4,
        resourceTypes: { 'AWS::RDS::DBInstance': 2, 'AWS::KMS::Key': 1 },
      })),
    },
  ],
};

describe('the plan', () => {
  test('counts what it adds, changes, replaces and destroys', () => {
    const text = renderPlan(
      changing([
        { action: 'create', resource: 'A', type: 'T' },
        {
          action: 'change',
          resource: 'B',
          type: 'T',
          properties: ['Size', 'Tags'],
          values: [
            { path: 'Size', from: 'small', to: 'large' },
            { path: 'Tags.0', to: 'new' },
          ],
        },
        { action: 'replace', resource: 'C', type: 'T', properties: ['Name'] },
        { action: 'replace', resource: 'E', type: 'T', possible: true },
        { action: 'delete', resource: 'D', type: 'T' },
      ]),
      {},
      plain,
    );
    expect(text).toContain('Plan: 1 to add, 1 to change, 2 to replace (1 of them perhaps), 1 to destroy');
    const lines = [
      '+ A T',
      '~ B T  Size, Tags',
      'Size: small → large',
      'Tags.0: (nothing) → new',
      '± C T  forces replacement: Name',
      '± E T  may be replaced',
      '- D T',
    ];
    for (const line of lines) expect(text).toContain(`${line}\n`);
  });

  test('says that there is nothing to do, and then not how to undo it', () => {
    const text = renderPlan(change, {}, plain);
    expect(text).toContain('Nothing to do');
    expect(text).not.toMatch(/to add|How it would be undone/);
  });

  test('losing data is a danger, in red, with what would be lost', () => {
    const lossy = changing([
      { action: 'replace', resource: 'OrdersDatabase', type: 'AWS::RDS::DBInstance' },
      { action: 'delete', resource: 'Uploads', type: 'AWS::S3::Bucket' },
      { action: 'replace', resource: 'Key', type: 'AWS::KMS::Key', possible: true },
      { action: 'delete', resource: 'Subnet', type: 'AWS::EC2::Subnet' },
    ]);
    const text = renderPlan(lossy, {}, pc.createColors(true));
    const danger = text.split('\n').filter((line) => line.includes('DANGER'));
    expect(danger).toHaveLength(3);
    expect(danger.every((line) => line.includes('\u001b[31m'))).toBe(true);
    expect(danger[0]).toContain('would be replaced: the database with all its rows would be lost');
    expect(danger[1]).toContain('would be deleted: the bucket with all its objects');
    expect(danger[2]).toContain('may be replaced: the key, and with it everything that it encrypts');
  });

  test('a region that leaves is drained first, and what it holds is a danger', () => {
    const text = renderPlan(leaving, {}, plain);
    expect(text).toContain('sa-east-1  leaves  drained first, destroyed last');
    expect(text).toContain('- base         4 resources');
    expect(text).toContain('DANGER   sa-east-1 is removed with its copy of the data (2 × AWS::RDS::DBInstance)');
    expect(text).toContain('4 to destroy; 1 region to remove');
  });

  test('a region that comes to a live deployment is new; in a first deployment all are, and none says so', () => {
    const coming = changing([]);
    coming.changes[0] = { ...coming.changes[0]!, before: 'absent' };
    const { region } = coming.changes[0].ref;
    expect(renderPlan(coming, {}, plain)).toMatch(new RegExp(`^${region}  \\w+  new  `, 'm'));
    expect(renderPlan(plan, {}, plain)).not.toMatch(/ {2}new {2}/);
  });

  test('what becomes wider has its own heading', () => {
    const text = renderPlan(changing([], ['TaskRole may s3:* on *']), {}, plain);
    expect(text).toMatch(/^Becomes wider:\n {2}\S+\/base: TaskRole may s3:\* on \*$/m);
    expect(renderPlan(change, {}, plain)).not.toContain('wider');
  });

  test.each([
    [500, '+$112 a month, from $500 to $612 of $900'],
    [700, '−$88 a month, from $700 to $612 of $900'],
    [612.1, '$612 a month of $900, as before'],
  ])('of a change it says what it costs more or less: %d before', (costBefore, words) => {
    expect(renderPlan({ ...change, costBefore }, { budgetUsdPerMonth: 900 }, plain)).toContain(`cost     ${words}\n`);
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

  it('says who decided, and plainly when no model was asked', () => {
    expect(renderVerdict(sampleReport, {}, plain)).toContain(
      'decided   model claude-sonnet-5-5: topology; rules: regions, replication',
    );
    const decisions = sampleReport.decisions.map((decision) => ({ ...decision, decidedBy: 'rules' as const }));
    const ledger = { ...sampleReport.ledger, entries: [] };
    expect(renderVerdict({ ...sampleReport, decisions, ledger }, {}, plain)).toContain(
      'decided   rules, no model was asked',
    );
    expect(renderVerdict({ ...sampleReport, decisions }, {}, plain)).toMatch(/decided {3}rules\n/);
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

describe('an explanation', () => {
  test('says whose it is, and keeps a model’s steps apart from the next steps', () => {
    const text = renderVerdict(analysedReport, {}, plain);
    expect(text).toContain('  model claude-sonnet-5-5: configuration; the same request would fail again\n');
    expect(text).toContain('next:\n    - fix the image, then run meridian deploy again\n');
    expect(text).toContain('suggested by model claude-sonnet-5-5:\n    - look at the logs');
  });

  test('of rules adds the kind of trouble and does not say the rest twice', () => {
    const failure = analysedReport.failure!;
    const analysis = { ...failure.analysis!, decidedBy: 'rules' as const, model: undefined, retry: true };
    const text = renderVerdict({ ...analysedReport, failure: { ...failure, analysis } }, {}, plain);
    expect(text).toContain('  rules: configuration; the same request may succeed later\n');
    expect(text).not.toContain('suggested by');
    expect(text).not.toContain(analysis.cause);
  });

  test('of a validation is shown when a model gives it, with what it proposes', () => {
    const decision = {
      step: 'validation' as const,
      about: 'validation',
      choice: 'nothing blocks the promotion: fine',
      reason: 'nothing failed',
      alternatives: ['close: rto'],
    };
    const proposals = ['suggested by claude-sonnet-5-5: add-edge sao-paulo: far'];
    const byModel = { ...decision, decidedBy: 'model' as const, model: 'claude-sonnet-5-5' };
    const told = renderVerdict({ ...sampleReport, decisions: [byModel], proposals }, {}, plain);
    expect(told).toMatch(
      /Explained by model claude-sonnet-5-5\n {2}nothing blocks .*\n {2}nothing failed\n {2}close: rto/,
    );
    expect(told).toContain(`proposed:\n    - ${proposals[0]}`);
    const byRules = { ...decision, decidedBy: 'rules' as const };
    expect(renderVerdict({ ...sampleReport, decisions: [byRules] }, {}, plain)).not.toContain('Explained by');
    const blocked = { ...sampleReport, verdict: 'blocked' as const, decisions: [byRules] };
    expect(renderVerdict(blocked, {}, plain)).toContain('Explained by rules');
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
    expect(terminal.stderr).toContain('1,712 of 12,000 tokens, $0.0093');
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
