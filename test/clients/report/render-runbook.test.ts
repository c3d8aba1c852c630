import { renderRunbook } from '../../../clients/report/render-runbook';
import { isRunbookCommandAccepted, runbookCommands } from '../../../clients/report/runbook-commands';
import { sampleReport } from '../sample-report';

const { request, plan } = sampleReport;
const input = { request, plan: plan!, generation: 3 };

test('every meridian command of the runbook is one that exists', () => {
  const { commands, accepted } = renderRunbook(input);
  expect(commands).toContain('meridian status orders/staging');
  expect(commands).toContain('meridian abort orders/staging --reason "manual failover"');
  expect(commands.length).toBeGreaterThanOrEqual(5);
  expect(commands.filter((command) => !isRunbookCommandAccepted(command))).toEqual([]);
  expect(accepted).toBe(true);
});

test.each([
  'meridian promote us-east-1',
  'meridian status orders/staging --force',
  'meridian report',
  'meridian approve',
])('a runbook with "%s" would not be accepted', (command) => {
  expect(runbookCommands(`Do \`${command}\` now`)).toEqual([command]);
  expect(isRunbookCommandAccepted(command)).toBe(false);
});

test('commands are found in code only, and comments are not part of them', () => {
  const markdown =
    'meridian is a line\n\n```\nmeridian status # all of them\naws meridian x\n```\nand `meridian status a1/staging`';
  expect(runbookCommands(markdown)).toEqual(['meridian status', 'meridian status a1/staging']);
});

test('it fences the old primary before it promotes the first region that holds a copy', () => {
  const { markdown } = renderRunbook(input);
  const steps = [...markdown.matchAll(/^## (\d+)\. (.*)$/gm)].map(([, number, title]) => `${number} ${title}`);
  expect(steps).toEqual([
    '1 See what is going on',
    '2 Fence eu-west-1',
    '3 Promote us-east-1',
    '4 Lead writes to us-east-1',
    '5 Lead users to us-east-1',
    '6 Verify',
    '7 Afterwards',
  ]);
  expect(markdown.indexOf('revoke-security-group-ingress')).toBeLessThan(markdown.indexOf('promote-read-replica'));
});

test('an application without data has nothing to fence or to promote', () => {
  const stateless = { ...plan!, replication: { stores: [], order: [] } };
  const { markdown, accepted } = renderRunbook({ ...input, plan: stateless });
  expect(markdown).not.toMatch(/aws rds|Fence/);
  expect(markdown).toContain('## 2. Lead users to us-east-1');
  expect(accepted).toBe(true);
});

test('with one region the runbook says that nothing can take over', () => {
  const alone = { ...plan!, topology: { ...plan!.topology, regions: plan!.topology.regions.slice(0, 1) } };
  expect(renderRunbook({ ...input, plan: alone }).markdown).toContain('nothing can take over');
});
