import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '../../scripts/count-results.mjs');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-count-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function results(name: string, passed: number, failed: number, broken: number): void {
  const testResults =
    failed > 0
      ? [{ name: 'a.test.ts', status: 'failed', assertionResults: [{ status: 'failed', fullName: 'title' }] }]
      : [];
  const counts = { numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: broken };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...counts, testResults }));
}

function count(failedChecks: number): { status: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(process.execPath, [script, String(failedChecks), folder], { encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n') };
}

test('passed tests of all files are added up', () => {
  results('tests', 40, 0, 0);
  results('scenarios', 2, 0, 0);
  expect(count(0)).toEqual({ status: 0, lines: ['42 passed, 0 failed'] });
});

test('a failed test, a file that does not run and a failed check each count as a failure', () => {
  results('tests', 40, 1, 1);
  expect(count(1)).toEqual({ status: 1, lines: ['failed: a.test.ts', '  title', '40 passed, 3 failed'] });
});

test('no results at all is not a success', () => {
  expect(count(0)).toEqual({ status: 1, lines: ['0 passed, 0 failed'] });
});
