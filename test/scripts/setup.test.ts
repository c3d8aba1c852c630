import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');
const run = promisify(execFile);
let project: string;

/** A checkout in small: the real scripts, one source file, a package that is installed without any network. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'meridian-setup-'));
  cpSync(join(root, 'scripts'), join(project, 'scripts'), { recursive: true });
  for (const file of ['.swcrc', '.npmrc']) cpSync(join(root, file), join(project, file));
  mkdirSync(join(project, 'local'));
  write('local/package.json', '{ "name": "local", "version": "1.0.0" }');
  const scripts = { build: 'node scripts/setup.mjs' };
  write(
    'package.json',
    JSON.stringify({ name: 'small', version: '1.0.0', scripts, dependencies: { local: 'file:local' } }),
  );
  write(
    'package-lock.json',
    JSON.stringify({
      name: 'small',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: {
        '': { name: 'small', version: '1.0.0', dependencies: { local: 'file:local' } },
        local: { version: '1.0.0' },
        'node_modules/local': { resolved: 'local', link: true },
      },
    }),
  );
  write('contracts/first.ts', 'export const first: number = 1;');
  write('contracts/table.json', '{ "rows": 1 }');
  // The compiler is found from the folder above: it is not what is tested here.
  mkdirSync(join(project, 'scripts/node_modules'));
  symlinkSync(join(root, 'node_modules/@swc'), join(project, 'scripts/node_modules/@swc'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(join(project, file, '..'), { recursive: true });
  writeFileSync(join(project, file), text);
}

function setup(): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, [join(project, 'scripts/setup.mjs')], { cwd: project });
}

test('the first run installs and builds, the second does nothing, and stdout stays empty', async () => {
  const first = await setup();
  expect(first.stderr).toMatch(/installing packages/);
  expect(first.stderr).toMatch(/built 2 files/);
  expect(existsSync(join(project, 'node_modules/local/package.json'))).toBe(true);
  expect(readFileSync(join(project, 'dist/contracts/first.js'), 'utf8')).toMatch(/const first = 1/);
  expect(existsSync(join(project, 'dist/contracts/table.json'))).toBe(true);
  expect(first.stdout).toBe('');
  expect(await setup()).toEqual({ stdout: '', stderr: '' });
});

test('a changed lockfile is installed again', async () => {
  await setup();
  const lock = join(project, 'package-lock.json');
  writeFileSync(lock, `${readFileSync(lock, 'utf8')}\n`);
  const later = new Date(Date.now() + 60_000);
  utimesSync(lock, later, later);
  expect((await setup()).stderr).toMatch(/installing packages/);
});

test('only what changed is compiled, and an output without its source goes', async () => {
  await setup();
  write('contracts/second.ts', 'export const second = 2;');
  expect((await setup()).stderr).toMatch(/built 1 files/);
  rmSync(join(project, 'contracts/second.ts'));
  await setup();
  expect(existsSync(join(project, 'dist/contracts/second.js'))).toBe(false);
  expect(existsSync(join(project, 'dist/contracts/first.js'))).toBe(true);
});

test('two at once do not disturb each other', async () => {
  const both = await Promise.all([setup(), setup()]);
  const said = both.map(({ stderr }) => stderr).join('');
  expect(said.match(/installing packages/g)).toHaveLength(1);
  expect(existsSync(join(project, 'dist/contracts/first.js'))).toBe(true);
});

test('the lock of a process that is dead is taken over', async () => {
  const owner = execFile(process.execPath, ['-e', '']);
  await new Promise((resolve) => owner.once('exit', resolve));
  write('.meridian/setup.lock', String(owner.pid));
  expect((await setup()).stderr).toMatch(/built 2 files/);
});

test('npm itself prints nothing on stdout', async () => {
  const { stdout, stderr } = await run('npm', ['run', 'build', '--', '--json'], { cwd: project });
  expect(stderr).toMatch(/built 2 files/);
  expect(stdout).toBe('');
});
