import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where tools that are not npm packages are kept between runs; not in the repository. */
const TOOLS = join(__dirname, '..', '..', '.meridian', 'tools');

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs one version of a PyPI package into a virtual environment of its own, once, and returns the folder of its
 * executables. Only a finished installation is reused.
 */
export async function pythonTool(name: string, version: string): Promise<string> {
  const home = join(TOOLS, `${name}-${version}`);
  const finished = join(home, 'installed');
  const bin = join(home, process.platform === 'win32' ? 'Scripts' : 'bin');
  if (existsSync(finished)) return bin;
  mkdirSync(TOOLS, { recursive: true });
  await python(['-m', 'venv', '--clear', home], name);
  await run(
    join(bin, 'python'),
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `${name}==${version}`],
    {
      timeout: INSTALL_TIMEOUT_MS,
    },
  );
  writeFileSync(finished, `${name}==${version}\n`);
  return bin;
}

async function python(args: string[], tool: string): Promise<void> {
  try {
    await run('python3', args, { timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = isMissing ? 'python3 is not on the PATH' : String(error);
    throw new Error(`${tool} needs python3 with its venv module (on Debian: apt-get install python3-venv): ${reason}`);
  }
}
