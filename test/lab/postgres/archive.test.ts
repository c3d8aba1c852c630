import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Archive, openArchive, walFolder } from '../../../lab/postgres/archive';

const SEGMENT = '000000010000000000000003';
let home: string;
let archive: Archive;
let conf: string;

beforeEach(async () => {
  // a quote and a percent sign: both mean something on the way through PostgreSQL and the shell
  home = mkdtempSync(join(tmpdir(), "meridian-archive-it's-100%-"));
  archive = { objects: join(home, 'objects'), key: 'default/orders/staging/orders', keptIn: 'eu-west-1' };
  conf = await openArchive(archive, '42', undefined);
  mkdirSync(join(home, 'data', 'pg_wal', 'archive_status'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

const inData = (name: string) => join(home, 'data', 'pg_wal', name);
const kept = (name = SEGMENT) => join(walFolder(archive, '42'), `${name}.gz`);

/** Runs a command of the settings as PostgreSQL does: quotes of the file taken off, %p, %f and %% replaced, in the data folder. */
function commandOf(setting: 'archive_command' | 'restore_command', name: string, path: string): string {
  const line = new RegExp(`^${setting} = '(.*)'$`, 'm').exec(conf)?.[1] ?? '';
  return line
    .replaceAll("''", "'")
    .replaceAll('\\\\', '\\')
    .replace(/%[pf%]/g, (word) => ({ '%p': path, '%f': name, '%%': '%' })[word] ?? word);
}
const run = (setting: 'archive_command' | 'restore_command', name: string, path: string) =>
  spawnSync('sh', ['-c', commandOf(setting, name, path)], { cwd: join(home, 'data'), encoding: 'utf8' });
const store = (name = SEGMENT) => run('archive_command', name, `pg_wal/${name}`);

test('a segment is stored whole, and comes back as it was', () => {
  writeFileSync(inData(SEGMENT), 'the log');
  expect(store().status).toBe(0);
  expect(execFileSync('gzip', ['-dc', kept()], { encoding: 'utf8' })).toBe('the log');
  expect(readdirSync(walFolder(archive, '42'))).toEqual([`${SEGMENT}.gz`]);
  expect(run('restore_command', SEGMENT, 'pg_wal/RECOVERYXLOG').status).toBe(0);
  expect(readFileSync(inData('RECOVERYXLOG'), 'utf8')).toBe('the log');
});

test('the same segment again is success; one that differs is never stored over it', () => {
  writeFileSync(inData(SEGMENT), 'the log');
  store();
  expect(store().status).toBe(0);
  writeFileSync(inData(SEGMENT), 'another history');
  const { status, stderr } = store();
  expect(status).toBe(1);
  expect(stderr).toContain('holds something else and is not overwritten');
  expect(execFileSync('gzip', ['-dc', kept()], { encoding: 'utf8' })).toBe('the log');
});

test('while databases are made elsewhere, no segment counts as stored that is not', async () => {
  let going = true;
  const others = (async () => {
    while (going) await openArchive(archive, '42', undefined);
  })();
  for (let number = 0; number < 60; number += 1) {
    const name = `0000000100000000${number.toString(16).padStart(8, '0').toUpperCase()}`;
    writeFileSync(inData(name), 'the log');
    const command = ['-c', commandOf('archive_command', name, `pg_wal/${name}`)];
    const status = await new Promise((resolve) =>
      spawn('sh', command, { cwd: join(home, 'data') }).once('exit', (code) => resolve(code)),
    );
    expect({ name, status, stored: existsSync(kept(name)) }).toEqual({ name, status: 0, stored: true });
  }
  going = false;
  await others;
});

test('a primary whose archive takes nothing is not blocked for ever: segments are given up, and that is said', () => {
  writeFileSync(inData(SEGMENT), 'the log');
  rmSync(walFolder(archive, '42'), { recursive: true });
  expect(store().status).toBe(1);
  for (let number = 0; number < 129; number += 1) writeFileSync(inData(`archive_status/${number}.ready`), '');
  const { status, stderr } = store();
  expect(status).toBe(0);
  expect(stderr).toContain(`${SEGMENT} is given up: 129 segments wait`);
});

test('what is nowhere is an ordinary answer; what is damaged in one region is taken from another', () => {
  expect(run('restore_command', SEGMENT, 'pg_wal/RECOVERYXLOG').status).toBe(1);
  writeFileSync(inData(SEGMENT), 'the log');
  store();
  const far = walFolder(archive, '42', 'us-east-1');
  mkdirSync(far, { recursive: true });
  writeFileSync(join(far, `${SEGMENT}.gz`), readFileSync(kept()));
  writeFileSync(kept(), 'no gzip');
  const { status, stderr } = run('restore_command', SEGMENT, 'pg_wal/RECOVERYXLOG');
  expect(stderr).toContain('is damaged');
  expect(status).toBe(0);
  expect(readFileSync(inData('RECOVERYXLOG'), 'utf8')).toBe('the log');
});
