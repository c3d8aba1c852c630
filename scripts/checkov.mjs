import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './paths.mjs';
import { pythonTool } from './python-tool.mjs';

const VERSION = '3.2.489';

/** Severities that the makers publish; checkov itself knows them online only. What is not listed counts as high. */
const { severities } = JSON.parse(readFileSync(join(root, 'scripts', 'checkov-severities.json'), 'utf8'));

/**
 * Runs checkov over a folder of templates, offline. Says how many checks passed, and every failed one as
 * `{ file, rule, message, resource, severity }`.
 */
export async function checkov(folder) {
  const executable = join(await pythonTool('checkov', VERSION), 'checkov');
  const args = ['--framework', 'cloudformation', '--compact', '--quiet', '--output', 'json', '--skip-download'];
  const { stdout } = await promisify(execFile)(executable, [...args, '--soft-fail', '--directory', folder], {
    maxBuffer: 512 * 1024 * 1024,
  });
  const { results, summary } = reportOf(stdout);
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} templates`);
  const failed = results.failed_checks.map((check) => {
    const file = join(folder, check.file_path);
    const where = check.resource.split('.')[1] ?? check.resource;
    return {
      tool: 'checkov',
      file,
      rule: check.check_id,
      message: check.check_name,
      severity: severities[check.check_id] ?? 'high',
      where,
      resource: JSON.parse(readFileSync(file, 'utf8')).Resources[where],
    };
  });
  return { passed: summary.passed, resources: summary.resource_count, failed };
}

/** One report, or a list of them when there is more than one kind of check. Nothing found at all has no results. */
function reportOf(stdout) {
  const parsed = JSON.parse(stdout);
  const report = [parsed].flat().find((one) => one.check_type === 'cloudformation');
  if (!report?.summary.resource_count) throw new Error('checkov saw no resource in the templates');
  return report;
}
