import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { CalledProcess } from '../../../lab/processes/called-process';

const folder = mkdtempSync(join(tmpdir(), 'meridian-called-'));
const DIST = resolve(__dirname, '..', '..', '..', 'dist');
afterAll(() => rmSync(folder, { recursive: true }));

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
  await expect(start(join(__dirname, 'silent-child.js'), onEnd)).rejects.toMatchObject({
    type: 'Platform.Unavailable',
    message: 'the child of eu-west-1 does not answer: no answer to its start within 2000 ms',
  });
  expect(await ended).toBe('SIGKILL');
});

test('a process that ends before it is ready is an error at once', async () => {
  const script = join(folder, 'ends.js');
  writeFileSync(script, 'process.exit(3)');
  await expect(start(script)).rejects.toMatchObject({
    type: 'Platform.Unavailable',
    message: 'the child of eu-west-1 does not answer: its process ended (code 3)',
  });
});
