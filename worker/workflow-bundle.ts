import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const DIST = path.join(__dirname, '..');

/**
 * The workflow bundle of this build. It is made once per build, in a process of its own: the bundler takes a second
 * and memory that a worker would keep.
 */
export async function workflowBundle(): Promise<{ codePath: string }> {
  const manifest = await readFile(path.join(DIST, '.build.json'), 'utf8');
  const codePath = path.join(DIST, `.workflows-${createHash('sha256').update(manifest).digest('hex').slice(0, 16)}.js`);
  const exists = await access(codePath).then(
    () => true,
    () => false,
  );
  if (!exists)
    await promisify(execFile)(process.execPath, [path.join(__dirname, 'write-workflow-bundle.js'), codePath]);
  return { codePath };
}
