import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { CalledProcess } from '../../../lab/processes/called-process';

const folder = mkdtempSync(join(tmpdir(), 'meridian-called-'));
const DIST = resolve(__dirname, '..', '..', '..', 'dist');
afterAll(() => rmSync(folder, { recursive: true }));

function scriptOf(text: string): string {
  const path = join(folder, `${text.length}.js`);
  writeFileSync(path, text);
  return path;
}

function start(script: string, onEnd: (how: string) => void = () => {}) {
  return CalledProcess.start({
    script: relative(DIST, script),
    ...{ marker: 'called-process-test/', onEnd, logFile: join(folder, 'log'), heapMb: 64 },
    ...{ settings: {}, region: 'eu-west-1', what: 'the child of', readyWithinMs: 2_000 },
  });
}

test('a process that never gets ready is killed, and that is the error', async () => {
  let onEnd = (_how: string) => {};
  const ended = new Promise<string>((resolve) => {
    onEnd = resolve;
  });
  await expect(start(scriptOf('setInterval(() => undefined, 1_000)'), onEnd)).rejects.toMatchObject({
    type: 'Platform.Unavailable',
    message: 'the child of eu-west-1 does not answer: no answer to its start within 2000 ms',
  });
  expect(await ended).toBe('SIGKILL');
});

test('a process that ends before it is ready is an error at once', async () => {
  await expect(start(scriptOf('process.exit(3)'))).rejects.toMatchObject({
    type: 'Platform.Unavailable',
    message: 'the child of eu-west-1 does not answer: its process ended (code 3)',
  });
});
