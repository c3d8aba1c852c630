import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.mjs';
import { root } from './paths.mjs';

const run = promisify(execFile);

/** Debian's name of the package; which version it is depends on the release of the system. */
const PACKAGE = 'etcd-server';
const DOWNLOAD_TIMEOUT_MS = 120_000;
const home = join(root, '.meridian', 'tools', PACKAGE);

/**
 * The executable of etcd: the one on the PATH, or that of Debian's package, unpacked once and not installed, which needs
 * no root. Rejects with the reason where it cannot be had.
 */
export async function etcd() {
  const version = await run('etcd', ['--version']).catch(() => undefined);
  if (version) return 'etcd';
  const executable = join(home, 'usr', 'bin', 'etcd');
  mkdirSync(join(root, '.meridian', 'tools'), { recursive: true });
  await withLock(`${home}.lock`, async () => {
    if (!existsSync(executable)) await unpack();
  });
  return executable;
}

async function unpack() {
  const work = `${home}.new`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, 'root'), { recursive: true });
  try {
    await apt(work, ['download', PACKAGE]).catch(() => downloadWithOwnLists(work));
    const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['-x', archive, 'root'], { cwd: work });
  } catch (error) {
    throw new Error(`etcd is not on the PATH and ${PACKAGE} cannot be had from apt-get: ${error.message.trim()}`);
  }
  rmSync(home, { recursive: true, force: true });
  renameSync(join(work, 'root'), home);
  rmSync(work, { recursive: true, force: true });
}

/** The system's lists of packages may be missing or old, and are root's. */
async function downloadWithOwnLists(work) {
  mkdirSync(join(work, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(work, 'cache', 'archives', 'partial'), { recursive: true });
  const own = ['-o', `Dir::State::Lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`];
  await apt(work, [...own, 'update']);
  await apt(work, [...own, 'download', PACKAGE]);
}

function apt(cwd, args) {
  return run('apt-get', ['-qq', '-o', 'APT::Sandbox::User=', ...args], { cwd, timeout: DOWNLOAD_TIMEOUT_MS });
}
