import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRequestFile } from '../../clients/request-file';
import { REQUEST_MAX_BYTES } from '../../contracts/request';
import { sampleReport } from './sample-report';

const folder = mkdtempSync(join(tmpdir(), 'meridian-request-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function problemsOf(text: string | Buffer) {
  const path = join(folder, 'request.yaml');
  writeFileSync(path, text);
  const read = await readRequestFile(path);
  return 'problems' in read ? read.problems : [];
}

test('a JSON file is read like a YAML file, and defaults are filled in', async () => {
  const path = join(folder, 'request.json');
  writeFileSync(path, JSON.stringify(sampleReport.request));
  const read = await readRequestFile(path);
  expect(read).toMatchObject({ request: { application: 'orders', rollout: { approval: 'plan' } } });
});

test('broken YAML is reported with line, column and the line itself', async () => {
  const problems = await problemsOf('application: orders\nusers: [ {area: europe\nhostname: x\n');
  expect(problems[0]?.field).toMatch(/^line \d+, column \d+$/);
  expect(problems[0]?.received).not.toBe('');
});

test('the same key twice is an error, not a guess', async () => {
  const problems = await problemsOf('application: orders\napplication: billing\n');
  expect(problems).toEqual([
    expect.objectContaining({
      field: 'line 2, column 1',
      received: 'application: billing',
      valid: expect.stringContaining('unique'),
    }),
  ]);
});

test('every problem of a request comes at once, with field, value and what would be valid', async () => {
  const request = { ...sampleReport.request, environment: 'prod', budget: { usdPerMonth: -5 } };
  const problems = await problemsOf(JSON.stringify(request));
  expect(problems.map(({ field }) => field)).toEqual(expect.arrayContaining(['environment', 'budget.usdPerMonth']));
  for (const { received, valid } of problems) expect([received, valid]).not.toContain('');
});

test('an empty file is a problem of the request, not a crash', async () => {
  expect(await problemsOf('')).not.toEqual([]);
});

test('a file above the limit is not read', async () => {
  const [problem] = await problemsOf('x'.repeat(REQUEST_MAX_BYTES + 1));
  expect(problem).toMatchObject({ received: `${REQUEST_MAX_BYTES + 1} bytes` });
});

test('aliases that multiply are refused', async () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`)}]`),
  ];
  expect(await problemsOf(bomb.join('\n'))).not.toEqual([]);
});

test.each([
  ['nowhere.yaml', 'no such file'],
  ['', 'a directory'],
])('a path that cannot be read is named: "%s"', async (name, received) => {
  const read = await readRequestFile(join(folder, name));
  expect(read).toMatchObject({ problems: [{ received }] });
});
