import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';

const run = promisify(execFile);

/** Where tools that are no npm packages are kept between runs; not in the repository. */
const tools = join(root, '.meridian', 'tools');

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs one version of a PyPI package into a virtual environment of its own, once, and returns the folder of its
 * executables. Only a finished installation is reused. `extras` are the package's optional parts, such as `[server]`.
 */
export async function pythonTool(name, version, extras = '') {
  const home = join(tools, `${name}-${version}`);
  mkdirSync(tools, { recursive: true });
  await withLock(`${home}.lock`, () => install(home, `${name}${extras}`, version));
  return join(home, 'bin');
}

async function install(home, name, version) {
  const finished = join(home, 'installed');
  if (existsSync(finished)) return;
  await python(name, ['-m', 'venv', '--clear', home]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${name}==${version}`];
  await run(join(home, 'bin', 'python'), pip, { timeout: INSTALL_TIMEOUT_MS });
  writeFileSync(finished, `${name}==${version}\n`);
}

async function python(tool, args) {
  try {
    await run('python3', args, { timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const reason = error.code === 'ENOENT' ? 'python3 is not on the PATH' : error.message;
    throw new Error(`${tool} needs python3 with its venv module (on Debian: apt-get install python3-venv): ${reason}`);
  }
}
