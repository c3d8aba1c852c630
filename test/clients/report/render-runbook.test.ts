import { renderRunbook } from '../../../clients/report/render-runbook';
import { isRunbookCommandAccepted, runbookCommands } from '../../../clients/report/runbook-commands';
import { sampleReport } from '../sample-report';

const { request, plan } = sampleReport;
const input = { request, plan: plan!, generation: 3 };

test('every meridian command of the runbook is one that exists', () => {
  const { commands, accepted } = renderRunbook(input);
  expect(commands).toContain('meridian status orders/staging');
  expect(commands).toContain('meridian abort orders/staging --reason "manual failover"');
  for (const command of [
    'switchover',
    'drain',
    'undrain',
    'promote-region',
    'failovers',
    'rejoin',
    'backups',
    'restore',
  ])
    expect(commands.filter((one) => one.startsWith(`meridian ${command} orders/staging`))).not.toEqual([]);
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
    '2 Move the writes as planned',
    '3 Take a region out, and return it',
    '4 eu-west-1 is lost: promote us-east-1',
    '5 eu-west-1 is back: rejoin it',
    '6 All data is lost, or wrong: restore',
    '7 If Meridian cannot be reached: fail over by hand',
    '8 Fence eu-west-1',
    '9 Promote us-east-1',
    '10 Lead writes to us-east-1',
    '11 Lead users to us-east-1',
    '12 Verify',
    '13 Afterwards',
  ]);
  expect(markdown.indexOf('revoke-security-group-ingress')).toBeLessThan(markdown.indexOf('promote-read-replica'));
});

test('an application without data has nothing to fence or to promote', () => {
  const stateless = { ...plan!, replication: { stores: [], order: [] } };
  const { markdown, accepted } = renderRunbook({ ...input, plan: stateless });
  expect(markdown).not.toMatch(/aws rds|Fence/);
  expect(markdown).toContain('Lead users to us-east-1');
  expect(markdown).not.toMatch(/restore|promote-region|switchover/);
  expect(accepted).toBe(true);
});

test('on AWS it names nothing that RDS always refuses, but the way that a lost region returns', () => {
  const onAws = { ...request, platform: 'aws' as const };
  const { markdown, commands, accepted } = renderRunbook({ ...input, request: onAws });
  expect(commands.join('\n')).not.toMatch(/switchover|rejoin/);
  expect(markdown).toContain('excluded: [eu-west-1]');
  expect(commands).toContain('meridian deploy request.yaml');
  expect(commands).toContain('meridian promote-region orders/staging us-east-1 --reason "maintenance of eu-west-1"');
  expect(accepted).toBe(true);
});

test('a risk is accepted for an hour from when the command is run', () => {
  const risky = renderRunbook(input).commands.filter((command) => command.includes('--accept-risk'));
  expect(risky).toEqual([expect.stringMatching(/--until \+1h$/)]);
  const forYears = risky.map((command) => command.replace('+1h', '2099-01-01T00:00:00Z'));
  expect(forYears.map(isRunbookCommandAccepted)).toEqual([false]);
});

test('with one region the runbook says that nothing can take over', () => {
  const alone = { ...plan!, topology: { ...plan!.topology, regions: plan!.topology.regions.slice(0, 1) } };
  const { markdown, accepted } = renderRunbook({ ...input, plan: alone });
  expect(markdown).toContain('nothing can take over');
  expect(markdown).toContain('meridian restore orders/staging eu-west-1');
  expect(accepted).toBe(true);
});
