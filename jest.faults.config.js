/**
 * `npm run test:faults`: every call of the platforms under every fault; minutes. `FAULTS=short` runs a sample, `FAULTS=every` all.
 * Cases are found while it runs, so the table and the last line, "N passed, N failed", are of cases, not of jest tests.
 */
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

// each case as soon as it is over, one JSON line; set it to look on and to keep the file
const keep = process.env.FAULTS_CELLS !== undefined;
process.env.FAULTS_CELLS ??= join(mkdtempSync(join(tmpdir(), 'meridian-cells-')), 'cells.jsonl');

module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['<rootDir>/test/faults/*.faults.ts'],
  maxWorkers: 2,
  testTimeout: 1_800_000,
  reporters: ['default', ['<rootDir>/test/faults/table-reporter.cjs', { keep }]],
};
