import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { databaseOwner, postgresBinaries } from '../../../lab/postgres/binaries';

const installed = dirname(dirname(postgresBinaries('/nonexistent', undefined).initdb));
const nobody = { uid: 65_534, gid: 65_534 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meridian-binaries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A copy of the package as npm leaves it when installation scripts are off: without the library links. */
function packageWithoutLinks(): string {
  const native = join(folder, 'package', 'native');
  cpSync(installed, native, { recursive: true, filter: (source) => !lstatSync(source).isSymbolicLink() });
  return native;
}

test('a package without its library links is completed below the home, and the program runs', () => {
  const native = packageWithoutLinks();
  const { initdb } = postgresBinaries(join(folder, 'home'), undefined, native);
  expect(initdb).toBe(join(folder, 'home', 'postgresql', 'native', 'bin', 'initdb'));
  expect(execFileSync(initdb, ['--version'], { encoding: 'utf8' })).toMatch(/PostgreSQL\) 18/);
});

test('a package that another user cannot reach is made reachable below the home', () => {
  const native = packageWithoutLinks();
  chmodSync(folder, 0o711);
  chmodSync(join(folder, 'package'), 0o700);
  const { postgres } = postgresBinaries(join(folder, 'home'), nobody, native);
  expect(postgres.startsWith(join(folder, 'home'))).toBe(true);
  const asNobody = databaseOwner() ?? {};
  expect(execFileSync(postgres, ['--version'], { encoding: 'utf8', ...asNobody, cwd: '/' })).toMatch(/PostgreSQL\) 18/);
});

test('a package that is complete and reachable is used where it is', () => {
  expect(existsSync(join(installed, 'bin', 'postgres'))).toBe(true);
  expect(JSON.parse(readFileSync(join(installed, 'pg-symlinks.json'), 'utf8')).length).toBeGreaterThan(0);
  expect(postgresBinaries(join(folder, 'home'), undefined).initdb).toBe(join(installed, 'bin', 'initdb'));
});
