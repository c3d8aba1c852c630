import { execFileSync } from 'node:child_process';
import { escapeHtml } from '../../../clients/report/html';
import { placeLabels } from '../../../clients/report/label-placement';
import { PROJECTED_PLACES } from '../../../clients/report/land-path';
import { projectPlace } from '../../../clients/report/project';
import { renderReportHtml } from '../../../clients/report/render-report';
import type { DeploymentReport } from '../../../contracts/report';
import { CHECKLIST_ITEMS } from '../../../contracts/validation';
import { analysedReport, failedReport, sampleReport } from '../sample-report';

const EVIL = `<img src=x onerror="alert('1')">&`;

/** The report with every free text replaced by markup. */
function poisoned(report: DeploymentReport): DeploymentReport {
  const free = new Set([
    'summary',
    'message',
    'why',
    'reason',
    'choice',
    'about',
    'comment',
    'detail',
    'measured',
    'notes',
    'item',
    'decidedBy',
    'fix',
  ]);
  const walk = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((entry) => walk(entry, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
    return typeof value === 'string' && free.has(key) ? EVIL : value;
  };
  const evil = walk(report) as DeploymentReport;
  return {
    ...evil,
    undone: [EVIL],
    modelled: [EVIL],
    plan: evil.plan && { ...evil.plan, inverse: [EVIL], irreversible: [EVIL] },
  };
}

test('nothing is loaded from elsewhere and nothing may run', () => {
  const page = renderReportHtml(sampleReport);
  const links = page.match(/https?:\/\/[^"'\s<]+/g) ?? [];
  expect(links.filter((link) => link !== 'http://www.w3.org/2000/svg')).toEqual([]);
  expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;`);
  expect(page).not.toMatch(/<script|@import|url\((?!#)/i);
  expect(page.length).toBeLessThan(300_000);
});

test.each([
  ['a promoted report', sampleReport],
  ['a failed report', failedReport],
])('text from elsewhere stays text in %s', (_name, report) => {
  const page = renderReportHtml(poisoned(report));
  expect(page).not.toContain('<img');
  expect(page).toContain(escapeHtml(EVIL));
});

test('the diagram source cannot break out of the drawing', () => {
  const topology = { ...sampleReport.topology!, diagram: `flowchart LR\n a["</svg><script>alert(1)</script>"] --> b` };
  expect(renderReportHtml({ ...sampleReport, topology })).not.toContain('<script');
});

test('all ten checks are on the page, also those that nobody reported', () => {
  const page = renderReportHtml({ ...sampleReport, checklist: sampleReport.checklist.slice(0, 2) });
  for (const item of CHECKLIST_ITEMS) expect(page).toContain(escapeHtml(item));
  expect(page.match(/<span class="tag calm">not-measured<\/span>/g)).toHaveLength(8);
});

test('a modelled check is never shown as passed', () => {
  const page = renderReportHtml({
    ...sampleReport,
    checklist: sampleReport.checklist.map((entry) => ({ ...entry, status: 'modelled' as const })),
  });
  expect(page).toContain('0 of 10');
  expect(page).not.toContain('<span class="tag good">passed</span></td>');
});

test('a failure says what failed in the provider’s words, what was undone and what is left', () => {
  const page = renderReportHtml(failedReport);
  expect(page).toContain('ECS service did not stabilize: task failed ELB health checks &lt;unhealthy&gt;');
  expect(page).toContain('ap-southeast-1/base: deleted');
  expect(page).toContain('kept dark for debugging until 2026-11-22');
});

test('an explanation carries the name of whoever gives it, and its words are escaped', () => {
  const page = renderReportHtml(analysedReport);
  expect(page).toContain('Explained by model claude-sonnet-5-5');
  expect(page).toContain('<b>configuration; the same request would fail again</b>');
  expect(page).toContain('Suggested by model claude-sonnet-5-5');
  expect(page).not.toContain('<!channel>');
  expect(renderReportHtml({ ...sampleReport, proposals: ['add-edge sao-paulo'] })).toContain(
    '<li>add-edge sao-paulo</li>',
  );
});

test('the same report gives the same bytes', () => {
  expect(renderReportHtml(sampleReport)).toBe(renderReportHtml(structuredClone(sampleReport)));
});

test('a region that the catalog does not know is listed, only not drawn', () => {
  const regions = [{ ...sampleReport.topology!.regions[0]!, region: 'moon-base-1' }];
  const page = renderReportHtml({ ...sampleReport, topology: { ...sampleReport.topology!, regions } });
  expect(page).toContain('moon-base-1');
});

test('plain Node draws the diagram, without its font and style sheet', () => {
  const program = `
    const { transformFileSync } = require('@swc/core');
    const { code } = transformFileSync('clients/report/mermaid-svg.ts', { configFile: '.swcrc' });
    const module_ = { exports: {} };
    new Function('require', 'module', 'exports', code)(require, module_, module_.exports);
    process.stdout.write(module_.exports.mermaidSvg('flowchart LR\\n a[orders] --> b') ?? 'nothing');`;
  const svg = execFileSync(process.execPath, ['-e', program], { cwd: process.cwd(), encoding: 'utf8' });
  expect(svg).toMatch(/^<svg/);
  expect(svg).toContain('orders');
  expect(svg).not.toMatch(/<style|@import|googleapis/);
});

test.each(PROJECTED_PLACES)('places are put where the land is drawn: $lat, $lon', ({ lat, lon, x, y }) => {
  const place = projectPlace({ lat, lon });
  expect(place.x).toBeCloseTo(x, 2);
  expect(place.y).toBeCloseTo(y, 2);
});

test('labels of close regions do not cover each other', () => {
  const placed = placeLabels([
    { x: 500, y: 100, text: 'eu-west-1' },
    { x: 505, y: 104, text: 'eu-west-2' },
    { x: 512, y: 98, text: 'eu-central-1' },
  ]);
  expect(new Set(placed.map(({ x, y, anchor }) => `${x} ${y} ${anchor}`)).size).toBe(3);
});

test('the plan says unfolded what is lost, what becomes wider, what leaves and what it costs more', () => {
  const plan = sampleReport.plan!;
  const [first, ...others] = plan.changes;
  const change = {
    action: 'replace' as const,
    resource: 'Orders',
    type: 'AWS::RDS::DBInstance',
    properties: ['Engine'],
  };
  const page = renderReportHtml({
    ...sampleReport,
    plan: {
      ...plan,
      costBefore: 500,
      changes: [{ ...first!, before: 'present', changes: [change], broadening: ['TaskRole may <b>'] }, ...others],
      removals: [{ region: 'sa-east-1', stacks: plan.stacks.slice(0, 1) }],
    },
  });
  const section = page.slice(page.indexOf('id="plan"'), page.indexOf('<details', page.indexOf('id="plan"')));
  for (const text of [
    'database with all its rows',
    'TaskRole may &lt;b&gt;',
    'sa-east-1',
    '+$112 a month, from $500 to $612',
  ])
    expect(section).toContain(text);
  expect(page).toContain('forces replacement: Engine');
});
