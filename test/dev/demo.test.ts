import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptText, stoppedText } from '../../dev/demo-ending';
import { compiledPath } from '../../lab/compiled-path';

const folder = mkdtempSync(join(tmpdir(), 'meridian-demo-'));
const state = join(folder, 'state');
const badRequest = join(folder, 'bad.json');
beforeAll(() => writeFileSync(badRequest, '{"application": "orders"}'));
afterAll(() => rmSync(folder, { recursive: true }));

function demo(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiledPath('dev/demo.js'), ...argv], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, MERIDIAN_HOME: state },
  });
  return { status, stdout, stderr };
}

test.each([
  ['a file that is not there', [join(folder, 'nofile.yaml')], /no such file/],
  ['a directory', [folder], /a directory/],
  ['a request that is not valid', [badRequest], /problems in .*bad\.json; nothing was started/],
  ['an unknown option', ['--kep'], /^error: unknown option '--kep'/],
  ['two files', ['a.yaml', 'b.yaml'], /^error: too many arguments/],
])('%s ends the demo before anything is started', (_name, argv, said) => {
  const { status, stdout, stderr } = demo(...argv);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(said);
  expect(readdirSync(folder)).not.toContain('state');
});

test('--help says what it does and starts nothing', () => {
  const { status, stdout } = demo('--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run demo -- \[options\] \[file\]/);
  expect(stdout).toContain('--keep');
  expect(readdirSync(folder)).not.toContain('state');
});

test('what was left running is told with the way to the application', () => {
  const environment = { uiUrl: 'http://127.0.0.1:2', temporalAddress: '127.0.0.1:1' };
  const text = keptText(environment, { hostname: 'orders.example.com', edgePort: 3 });
  expect(text).toContain('http://127.0.0.1:2\n');
  expect(text).toContain('curl -k --connect-to orders.example.com:443:127.0.0.1:3 https://orders.example.com/\n');
  expect(keptText(environment, undefined)).not.toContain('curl');
});

test('what was stopped is told, and that the link is gone only where it is', () => {
  expect(stoppedText('started here')).toMatch(/everything was stopped.*Web UI link leads nowhere/);
  expect(stoppedText('was there')).toMatch(/server .* goes on/);
});
