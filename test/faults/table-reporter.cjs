const { existsSync, readFileSync, rmSync } = require('node:fs');
const path = require('node:path');

/**
 * Prints what the fault suites found: one line per call, one column per fault, then each broken promise in words, then
 * "N passed, N failed". A suite that could not run counts as one failure.
 */
const FAULTS = ['throttled', '500', 'cut-before', 'cut-after', 'refused', 'killed'];

class TableReporter {
  constructor(_config, { keep }) {
    this.keep = keep;
  }

  onRunComplete(_contexts, { numFailedTests, numRuntimeErrorTestSuites }) {
    const file = process.env.FAULTS_CELLS;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    const cells = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
    if (!this.keep) rmSync(path.dirname(file), { recursive: true, force: true });
    for (const phase of new Set(cells.map((cell) => cell.phase)))
      printTable(
        phase,
        cells.filter((cell) => cell.phase === phase),
      );
    const bad = cells.filter(isBad);
    for (const { phase, site, fault, violations } of bad)
      console.log(`FAILED ${phase}: ${site}, ${fault}\n  ${violations.join('\n  ')}`);
    // a suite fails when a case does; without a bad case it is the suite itself that could not run
    const broken = bad.length === 0 ? numFailedTests + numRuntimeErrorTestSuites : 0;
    const line = `${cells.length - bad.length} passed, ${bad.length + broken} failed`;
    // after everything else that jest has to say
    process.once('exit', () => console.log(line));
  }
}

function printTable(phase, cells) {
  const faults = FAULTS.filter((fault) => cells.some((cell) => cell.fault === fault));
  const sites = [...new Set(cells.map(({ site }) => site))].sort();
  const width = Math.max(...sites.map((site) => site.length)) + 2;
  const row = (first, columns) => console.log(first.padEnd(width) + columns.map((text) => text.padEnd(16)).join(''));
  console.log(`\n${phase}: ${cells.length} cases`);
  row('call', faults);
  for (const site of sites)
    row(
      site,
      faults.map((fault) => {
        const cell = cells.find((one) => one.site === site && one.fault === fault);
        if (!cell) return '';
        return isBad(cell) ? 'FAILED' : cell.outcome;
      }),
    );
}

function isBad({ violations }) {
  return violations.length > 0;
}

module.exports = TableReporter;
