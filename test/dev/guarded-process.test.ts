import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGuardedProcess } from '../../dev/guarded-process';
import { isAlive } from '../../dev/local-state';

const folder = mkdtempSync(join(tmpdir(), 'meridian-guard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const input = { command: 'sleep', args: ['300'], logFile: join(folder, 'child.log'), graceMs: 300 };

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await sleep(10)) {
    if (!isAlive(pid)) return true;
  }
  return false;
}

test('stop ends the process and waits for it', async () => {
  const child = await startGuardedProcess(input);
  expect(isAlive(child.pid)).toBe(true);
  await child.stop();
  expect(isAlive(child.pid)).toBe(false);
});

test('a process that ignores the polite signal is killed after the grace time', async () => {
  const args = ['-c', 'trap "" TERM; while :; do sleep 0.1; done'];
  const child = await startGuardedProcess({ ...input, command: '/bin/sh', args });
  await sleep(100);
  await child.stop();
  expect(isAlive(child.pid)).toBe(false);
});

test('a process that ends by itself is noticed', async () => {
  const child = await startGuardedProcess({ ...input, args: ['0.05'] });
  await child.exited;
  expect(isAlive(child.pid)).toBe(false);
});

test('SIGKILL of the owner takes the process along', async () => {
  const owner = startOwner();
  const pid = await pidFrom(owner);
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  expect(await goneWithin(pid, 5_000)).toBe(true);
});

/** Another Node process that starts a guarded one, prints its pid and stays. */
function startOwner(): ChildProcess {
  const program = `
    require(${JSON.stringify(join(__dirname, '../../dist/dev/guarded-process.js'))})
      .startGuardedProcess(${JSON.stringify(input)})
      .then(({ pid }) => { console.log(pid); setInterval(() => {}, 1000); });`;
  return spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function pidFrom(owner: ChildProcess): Promise<number> {
  return new Promise((resolve) => owner.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString()))));
}
