import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledPath } from '../../../lab/compiled-path';
import {
  isWriterRunning,
  startWriterProcess,
  stopWriterProcess,
  writerProcessLog,
  writerSettings,
} from '../../../lab/writer/writer-process';
import { type WriterAddress, type WriterSettings, writerFiles } from '../../../lab/writer/writer-settings';
import { type TestEdge, testEdge } from './test-edge';

let dir: string;
let edge: TestEdge | undefined;
const started: string[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meridian-writer-'));
});
afterEach(async () => {
  for (const id of started.splice(0)) await stopWriterProcess(dir, id);
  await edge?.close();
  edge = undefined;
  rmSync(dir, { recursive: true, force: true });
});

function settings(id: string, target: TestEdge, writesPerSecond = 50): WriterSettings {
  const scope = { account: 'a', application: 'orders', environment: 'prod', hostname: 'orders.example.com' };
  return { id, ...scope, writesPerSecond, edge: target.edge };
}

async function start(id: string, target: TestEdge, writesPerSecond?: number): Promise<void> {
  started.push(id);
  await startWriterProcess(dir, settings(id, target, writesPerSecond));
}

const addressOf = (id: string) => JSON.parse(readFileSync(writerFiles(dir, id).address, 'utf8')) as WriterAddress;
const numberOf = (request: string) => Number(request.split('/').at(-1));
const isAlive = (pid: number) => spawnSync('kill', ['-0', String(pid)]).status === 0;

async function until(holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`did not come true within ${timeoutMs} ms`);
    await sleep(20);
  }
}

describe('a writer', () => {
  it('sends each number once, in order, at its rate, to the hostname', async () => {
    edge = await testEdge((_, response) => response.writeHead(201).end('{}'));
    await start('drill/1', edge);
    const startedMs = Date.now();
    await until(() => edge!.seen.length >= 50);
    const tookMs = Date.now() - startedMs;
    await stopWriterProcess(dir, 'drill/1');
    expect(tookMs).toBeGreaterThan(700);
    expect(edge.seen[0]).toBe('PUT orders.example.com/probe/writes/drill%2F1/1');
    // sent in order; on connections of their own two of them may overtake each other
    const numbers = edge.seen.map(numberOf).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    const log = writerProcessLog(dir, 'drill/1');
    expect(log.map(({ seq }) => seq)).toEqual(numbers);
    const sentAt = log.map(({ sentAtMs }) => sentAtMs);
    expect(sentAt).toEqual([...sentAt].sort((a, b) => a - b));
    expect(log.every(({ outcome, sentAtMs, endedAtMs }) => outcome === 'acknowledged' && endedAtMs >= sentAtMs)).toBe(
      true,
    );
  });

  it('has an acknowledged write in its log before it sends the next', async () => {
    const missing: number[] = [];
    edge = await testEdge((request, response) => {
      const number = numberOf(request.url!);
      // slow enough a rate that one answer is in before the next write is due
      const logged = writerProcessLog(dir, 'w').map(({ seq }) => seq);
      if (number > 1 && !logged.includes(number - 1)) missing.push(number - 1);
      response.writeHead(201).end();
    });
    await start('w', edge, 10);
    await until(() => edge!.seen.length >= 10);
    expect(missing).toEqual([]);
  });

  it('goes on under silence, times out after two seconds, and never sends a number again', async () => {
    edge = await testEdge((request, response) => {
      if (numberOf(request.url!) % 2 === 0) response.writeHead(201).end();
    });
    await start('w', edge, 20);
    await until(() => edge!.seen.length >= 30);
    await stopWriterProcess(dir, 'w');
    const log = writerProcessLog(dir, 'w');
    expect(new Set(edge.seen).size).toBe(edge.seen.length);
    expect(log.map(({ seq }) => seq)).toEqual(edge.seen.map(numberOf).sort((a, b) => a - b));
    for (const { seq, outcome, sentAtMs, endedAtMs } of log) {
      expect(outcome).toBe(seq % 2 === 0 ? 'acknowledged' : 'unknown');
      if (outcome === 'unknown') expect(endedAtMs - sentAtMs).toBeGreaterThanOrEqual(1_990);
    }
  });

  it('logs a refusal and a broken connection as what they are', async () => {
    edge = await testEdge((request, response) => {
      if (numberOf(request.url!) % 2 === 0) request.socket.destroy();
      else response.writeHead(503).end('{}');
    });
    await start('w', edge);
    await until(() => writerProcessLog(dir, 'w').length >= 6);
    for (const { seq, outcome } of writerProcessLog(dir, 'w'))
      expect(outcome).toBe(seq % 2 === 0 ? 'unknown' : 'refused');
  });

  it('survives whoever started it and is found again by its id', async () => {
    edge = await testEdge((_, response) => response.writeHead(201).end());
    started.push('w');
    const script = `
      const { startWriterProcess } = require(${JSON.stringify(compiledPath('lab/writer/writer-process.js'))});
      startWriterProcess(${JSON.stringify(dir)}, ${JSON.stringify(settings('w', edge))})
        .then(() => process.kill(process.pid, 'SIGKILL'));`;
    // not spawnSync: the edge of this test must go on answering
    const { spawn } = await import('node:child_process');
    await new Promise((resolve) => spawn(process.execPath, ['-e', script]).on('exit', resolve));
    expect(await isWriterRunning(dir, 'w')).toBe(true);
    const before = edge.seen.length;
    await until(() => edge!.seen.length > before + 5);
    const { pid } = addressOf('w');
    await start('w', edge);
    expect(addressOf('w').pid).toBe(pid);
    await stopWriterProcess(dir, 'w');
    await until(() => !isAlive(pid));
  });

  it('is one process however often it is started at once, and does not start again after its end', async () => {
    edge = await testEdge((_, response) => response.writeHead(201).end());
    await Promise.all([start('w', edge), start('w', edge), start('w', edge)]);
    await until(() => edge!.seen.length >= 20);
    expect(new Set(edge.seen).size).toBe(edge.seen.length);
    await stopWriterProcess(dir, 'w');
    const ended = edge.seen.length;
    await start('w', edge);
    await sleep(300);
    expect(edge.seen.length).toBe(ended);
    expect(await isWriterRunning(dir, 'w')).toBe(false);
  });

  it('ends by itself when the edge is gone', async () => {
    edge = await testEdge((_, response) => response.writeHead(201).end());
    await start('w', edge);
    await until(() => edge!.seen.length >= 3);
    const { pid } = addressOf('w');
    await edge.close();
    edge = undefined;
    await until(() => !isAlive(pid));
  });

  it('starts afresh under an id that a writer to another lab has used', async () => {
    const other = await testEdge((_, response) => response.writeHead(201).end());
    await start('w', other);
    await until(() => other.seen.length >= 3);
    edge = await testEdge((_, response) => response.writeHead(503).end());
    await start('w', edge);
    await until(() => writerProcessLog(dir, 'w').length >= 2);
    expect(writerProcessLog(dir, 'w')[0]).toMatchObject({ seq: 1, outcome: 'refused' });
    await other.close();
  });

  it('reads a log whose last line is still being written', async () => {
    edge = await testEdge((_, response) => response.writeHead(201).end());
    await start('w', edge);
    await until(() => writerProcessLog(dir, 'w').length >= 3);
    await stopWriterProcess(dir, 'w');
    const whole = writerProcessLog(dir, 'w');
    appendFileSync(writerFiles(dir, 'w').log, '{"seq":99,"sent');
    expect(writerProcessLog(dir, 'w')).toEqual(whole);
  });

  it('is not known before it was started, and stopping it then is harmless', async () => {
    expect(writerSettings(dir, 'nobody')).toBeUndefined();
    expect(await isWriterRunning(dir, 'nobody')).toBe(false);
    await stopWriterProcess(dir, 'nobody');
  });
});
