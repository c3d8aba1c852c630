/**
 * `node scripts/count-results.mjs FAILED_CHECKS FOLDER`: adds up the jest result files of a folder, prints the line
 * "N passed, N failed" and exits with 1 when anything failed. A test file that could not run counts as one failure.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [failedChecks, folder] = process.argv.slice(2);
let passed = 0;
let failed = Number(failedChecks);
for (const name of readdirSync(folder)) {
  const result = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  for (const { name: file, status, assertionResults } of result.testResults) {
    if (status !== 'failed') continue;
    const titles = assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    process.stdout.write(`failed: ${file}\n${titles.map((title) => `  ${title}\n`).join('')}`);
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
// No test at all is not a success either.
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
