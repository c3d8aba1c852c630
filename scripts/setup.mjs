/**
 * Makes a checkout ready to run: installs packages when they are missing or the lockfile changed, builds dist/ when a
 * source is newer. Plain Node without packages, since it runs before there are any. Says what it does on stderr:
 * stdout belongs to the command that follows.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { withLock } from './lock.mjs';
import { root, setupLock } from './paths.mjs';

const LEAST_NODE = [20, 20];
const lockfile = join(root, 'package-lock.json');
const stampPath = join(root, 'node_modules', '.meridian-installed');

refuseOldNode();
await withLock(setupLock, async () => {
  install();
  const written = await build();
  if (written > 0) process.stderr.write(`built ${written} files\n`);
});

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  process.stderr.write(`node ${process.versions.node} is too old: node ${LEAST_NODE.join('.')} or newer is needed\n`);
  process.exit(1);
}

function install() {
  const wanted = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  if (installed() === wanted) return;
  if (!installedByHand()) npmCi();
  writeFileSync(stampPath, wanted);
}

function installed() {
  return existsSync(stampPath) ? readFileSync(stampPath, 'utf8') : undefined;
}

/** npm writes its own copy of the lockfile last of all: when that is newer than ours, a person has run npm. */
function installedByHand() {
  const copy = join(root, 'node_modules', '.package-lock.json');
  return existsSync(copy) && statSync(copy).mtimeMs >= statSync(lockfile).mtimeMs;
}

function npmCi() {
  process.stderr.write('installing packages (once)\n');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { status } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // npm prints its summary on stdout: descriptor 2 puts it on stderr
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  process.stderr.write('could not install packages: see above, then run the command again\n');
  process.exit(1);
}
