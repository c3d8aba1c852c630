import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonTool } from './python-tool.mjs';

const VERSION = '1.58.0';

/** Errors and warnings of cfn-lint in the templates of a folder, as `{ file, rule, message, resource }`. */
export async function cfnLint(folder) {
  const executable = join(await pythonTool('cfn-lint', VERSION), 'cfn-lint');
  const found = await run(executable, ['--format', 'json', '--', join(folder, '*.json')]);
  return found.map(({ Filename, Location, Rule, Message }) => {
    const [section, logicalId] = Location.Path ?? [];
    const resource = section === 'Resources' ? JSON.parse(readFileSync(Filename, 'utf8')).Resources[logicalId] : {};
    return { tool: 'cfn-lint', file: Filename, rule: Rule.Id, message: Message, where: logicalId ?? section, resource };
  });
}

async function run(executable, args) {
  try {
    const { stdout } = await promisify(execFile)(executable, args, { maxBuffer: 256 * 1024 * 1024 });
    return JSON.parse(stdout || '[]');
  } catch (error) {
    // it ends with another code when it found something; without JSON it did not run at all
    if (!error.stdout) throw error;
    return JSON.parse(error.stdout);
  }
}
