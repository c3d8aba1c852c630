import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalEnvironment, stopLocalEnvironment } from '../../dev/local-environment';
import { isAlive, type LocalState, readLocalState } from '../../dev/local-state';

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'meridian-environment-'));
});
afterEach(async () => {
  await stopLocalEnvironment(stateFolder);
  rmSync(stateFolder, { recursive: true, force: true });
});

async function until(what: string, condition: () => boolean, timeoutMs = 20_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !condition(); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
  }
}

/** Living processes that were started for this environment: they all inherit or are handed the state folder. */
function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => mentions(`/proc/${name}/environ`) || mentions(`/proc/${name}/cmdline`))
    .map(Number);
}

function mentions(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes(stateFolder);
  } catch {
    return false;
  }
}

/** The environment as seen from outside, started by a process of its own that can be killed. */
async function startedByAnother(): Promise<{ owner: ReturnType<typeof fork>; state: LocalState }> {
  const program = join(stateFolder, 'owner.cjs');
  const module = join(__dirname, '../../dist/dev/local-environment.js');
  const input = JSON.stringify({ stateFolder, announce: true, keep: false });
  writeFileSync(
    program,
    `require(${JSON.stringify(module)}).startLocalEnvironment(${input}).then(() => process.send('up'));`,
  );
  const owner = fork(program, [], { env: { ...process.env, MERIDIAN_HOME: stateFolder } });
  await new Promise((resolve) => owner.once('message', resolve));
  const state = readLocalState(stateFolder);
  if (!state) throw new Error('the environment is up, but not announced');
  return { owner, state };
}

test('SIGKILL of the process that started it ends everything', async () => {
  const { owner } = await startedByAnother();
  owner.kill('SIGKILL');
  await until('all processes are gone', () => processes().length === 0);
  expect(readLocalState(stateFolder)).toBeUndefined();
});

test('SIGKILL of the supervisor ends everything too', async () => {
  const { owner, state } = await startedByAnother();
  process.kill(state.pid, 'SIGKILL');
  owner.kill('SIGKILL');
  await until('all processes are gone', () => processes().length === 0);
  expect(readLocalState(stateFolder)).toBeUndefined();
});

test('a worker that is killed is replaced, and others learn of it', async () => {
  const events: string[] = [];
  const environment = await startLocalEnvironment({
    stateFolder,
    announce: true,
    keep: false,
    onEvent: (event) => events.push(event),
  });
  process.kill(environment.workerPid, 'SIGKILL');
  await until('another worker is announced', () => readLocalState(stateFolder)?.workerPid !== environment.workerPid);
  expect(isAlive(readLocalState(stateFolder)!.workerPid)).toBe(true);
  expect(events.filter((event) => event.startsWith('worker: pid'))).toHaveLength(2);
  await environment.stop();
  expect(existsSync(join(stateFolder, 'local.json'))).toBe(false);
});

test('a second announced environment is refused, and told how to stop the first', async () => {
  const input = { stateFolder, announce: true, keep: false };
  const first = await startLocalEnvironment(input);
  await expect(startLocalEnvironment(input)).rejects.toMatchObject({
    message: `a local environment is up already (pid ${first.pid})`,
    hint: expect.stringContaining('dev --stop'),
  });
  await first.stop();
});
