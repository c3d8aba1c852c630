import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODE_MEANINGS, exitCodeOfReport } from '../../../clients/cli/exit-codes';
import { runCli } from '../../../clients/cli/run-cli';
import { failedReport, sampleReport } from '../sample-report';
import { memoryTerminal } from './memory-terminal';

const folder = mkdtempSync(join(tmpdir(), 'meridian-cli-'));
const requestPath = join(folder, 'request.json');
const savedEnvironment = { ...process.env };

beforeAll(() => {
  writeFileSync(requestPath, JSON.stringify(sampleReport.request));
  // Port 1 of loopback: nothing listens there.
  process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
  process.env.MERIDIAN_HOME = folder;
});
afterAll(() => {
  process.env = savedEnvironment;
  rmSync(folder, { recursive: true });
});

async function run(...argv: string[]) {
  const terminal = memoryTerminal();
  const exitCode = await runCli(argv, terminal, new AbortController().signal);
  return { exitCode, stdout: terminal.stdout, stderr: terminal.stderr };
}

test('--help explains every exit code', async () => {
  const { exitCode, stdout } = await run('--help');
  expect(exitCode).toBe(0);
  for (const [code, meaning] of EXIT_CODE_MEANINGS) expect(stdout).toMatch(new RegExp(`${code}\\s+${meaning}`));
});

test.each([
  ['no such command', ['launch']],
  ['a missing argument', ['deploy']],
  ['an approval that nobody stays to give', ['deploy', 'request.yaml', '--yes', '--detach']],
  ['an unknown option', ['status', '--now']],
  ['a target that is none', ['report', 'orders']],
  ['a target that would break the list query', ['status', "orders/staging' OR ''='"]],
  ['retiring one attempt', ['retire', 'orders/staging/3', '--yes']],
  ['drift of one attempt', ['drift', 'orders/staging/3']],
  ['sweeping one attempt', ['sweep', 'orders/staging/3', '--dry-run']],
  ['an attempt before the first', ['approve', 'orders/staging/0', '--yes']],
  ['a generation that is no number', ['report', 'orders/staging', '--generation', 'last']],
  ['a digest too short to mean one plan', ['approve', 'orders/staging', '--digest', 'abc']],
])('%s is bad usage: exit 2, said on stderr', async (_name, argv) => {
  const { exitCode, stdout, stderr } = await run(...argv);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: /);
});

test.each([['dev'], ['plan', requestPath], ['status', 'orders/staging']])(
  'an environment that is not valid is bad usage in one line, for %s',
  async (...argv) => {
    process.env.MERIDIAN_MODEL = 'nonsense';
    process.env.ANTHROPIC_API_KEY = 'key';
    try {
      const { exitCode, stdout, stderr } = await run(...argv);
      expect(exitCode).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^error: .*MERIDIAN_MODEL is "nonsense": .*valid are claude-sonnet-5-5, .*rules\n$/);
    } finally {
      delete process.env.MERIDIAN_MODEL;
      delete process.env.ANTHROPIC_API_KEY;
    }
  },
);

test.each(['plan', 'deploy'])(
  '%s prints each problem of a bad request as one block and contacts nobody',
  async (verb) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, JSON.stringify({ ...sampleReport.request, environment: 'prod', hostname: 7 }));
    const { exitCode, stdout, stderr } = await run(verb, path);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('nothing was started');
    expect(stderr).toMatch(/environment\n {2}received {2}"prod"\n {2}valid {5}/);
    expect(stderr).toMatch(/hostname\n {2}received {2}7\n/);
  },
);

test.each([
  [['promote-region', 'orders/staging', 'eu-west-1', '--accept-risk', 'gone'], '--until is missing'],
  [['promote-region', 'orders/staging', 'eu-west-1', '--until', '+1h'], '--accept-risk is missing'],
  [['promote-region', 'orders/staging', 'eu-west-1', '--until', '1h'], 'valid: from now such as +1h'],
  [['restore', 'orders/staging', 'eu-west-1', '--to-time', '2026-11-20 03:00:00'], 'ISO 8601 with Z or an offset'],
  [['restore', 'orders/staging', 'eu-west-1', '--to-time', '3'], 'ISO 8601 with Z or an offset'],
  [['approve', 'orders/staging', '--yes', '--reject'], "cannot be used with option '--reject'"],
  [['drain', 'ORDERS/staging', 'eu-west-1'], 'in lower case'],
])('%j says what is wrong and what would be valid', async (argv, why) => {
  const { exitCode, stderr } = await run(...argv);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(why);
});

test('a sentence without quotes is told to have some', async () => {
  const { exitCode, stderr } = await run('deploy', 'orders', 'API', 'for', 'EU');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('put the sentence in quotes: npm run meridian -- deploy "orders API for the EU"');
  expect((await run('plan', '')).stderr).toContain(
    'the request is empty; valid: the path of a request file, or a sentence',
  );
});

test('with --detailed-exitcode a bad request is told apart from something to do', async () => {
  const path = join(folder, 'bad-hostname.json');
  writeFileSync(path, JSON.stringify({ ...sampleReport.request, hostname: 7 }));
  expect((await run('plan', path, '--detailed-exitcode')).exitCode).toBe(1);
});

test('deploy without --yes where nobody can be asked fails before anything starts', async () => {
  const { exitCode, stderr } = await run('deploy', requestPath);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--yes');
  expect(stderr).toContain('nothing was started');
});

test.each([
  ['deploy', [requestPath, '--yes', '--json']],
  ['plan', [requestPath]],
  ['status', []],
  ['approve', ['orders/staging', '--yes']],
  ['abort', ['orders/staging']],
  ['abort', ['orders/staging/3']],
  ['approve', ['orders/staging/3', '--yes']],
  ['report', ['orders/staging']],
  ['retire', ['orders/staging', '--yes']],
  ['pause', ['orders/staging']],
  ['resume', ['orders/staging/3']],
  ['drift', ['orders/staging']],
  ['sweep', ['orders/staging', '--dry-run']],
])('%s without a server: exit 6 and what to do', async (verb, argv) => {
  const { exitCode, stdout, stderr } = await run(verb, ...argv);
  expect(exitCode).toBe(6);
  expect(stdout).toBe('');
  expect(stderr).toContain('no Temporal server answers at 127.0.0.1:1');
  expect(stderr).toContain('meridian dev');
});

test('retire asks nobody without --yes and destroys nothing', async () => {
  const { exitCode, stderr } = await run('retire', 'orders/staging');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--yes');
});

test('a planted fault that the lab does not know is refused', async () => {
  const { exitCode, stderr } = await run('dev', '--plant', 'explode:eu-west-1');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('explode:eu-west-1');
});

test.each([
  ['promoted', sampleReport, 0],
  ['failed', { ...sampleReport, verdict: 'failed' as const }, 1],
  ['rejected', { ...failedReport, failure: { ...failedReport.failure!, type: 'Approval.Rejected' } }, 3],
  ['approval expired', { ...failedReport, failure: { ...failedReport.failure!, type: 'Approval.Expired' } }, 3],
  ['aborted', { ...failedReport, failure: { ...failedReport.failure!, type: 'Operation.Aborted' } }, 3],
  ['blocked', { ...sampleReport, verdict: 'blocked' as const }, 4],
  ['rolled back', failedReport, 5],
])('a deployment that ended %s has its own exit code', (_name, report, exitCode) => {
  expect(exitCodeOfReport(report)).toBe(exitCode);
});
