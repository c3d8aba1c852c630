import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteLogEntry } from '../../contracts/validation';
import { compiledPath } from '../compiled-path';
import { readWriteLog } from './write-log';
import { askWriter } from './writer-control';
import { type WriterAddress, type WriterSettings, writerFiles } from './writer-settings';

const START_TIMEOUT_MS = 5_000;
const START_POLL_MS = 20;
/** Writes under way end within their own time-out of 2 s. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * Starts a writer as a process of its own that outlives this one. An id that was started before is left as it is,
 * running or ended: its numbers must not be sent twice. What a writer to another lab left under this id is removed.
 * Throws when the process does not come up.
 */
export async function startWriterProcess(writerDir: string, settings: WriterSettings): Promise<void> {
  const files = writerFiles(writerDir, settings.id);
  await removeForeign(writerDir, settings);
  if (existsSync(files.address)) return;
  mkdirSync(files.folder, { recursive: true });
  if (!existsSync(files.log)) {
    writeFileSync(files.settings, JSON.stringify(settings));
    const output = openSync(files.output, 'a');
    const script = compiledPath('lab/writer/main.js');
    const flags = ['--max-old-space-size=64', '--max-semi-space-size=2'];
    spawn(process.execPath, [...flags, script, writerDir, settings.id], {
      detached: true,
      stdio: ['ignore', output, output],
    }).unref();
    closeSync(output);
  }
  await appears(
    files.address,
    () => `writer "${settings.id}" did not start: ${readFileSync(files.output, 'utf8').trim()}`,
  );
}

/** Every lab has an authority of its own. */
async function removeForeign(writerDir: string, { id, edge }: WriterSettings): Promise<void> {
  const before = writerSettings(writerDir, id);
  if (!before || before.edge.caCertificate === edge.caCertificate) return;
  await stopWriterProcess(writerDir, id);
  rmSync(writerFiles(writerDir, id).folder, { recursive: true });
}

/** The settings of a writer that was started; undefined for an unknown id. */
export function writerSettings(writerDir: string, id: string): WriterSettings | undefined {
  const { settings, log } = writerFiles(writerDir, id);
  return existsSync(log) ? (JSON.parse(readFileSync(settings, 'utf8')) as WriterSettings) : undefined;
}

/** What the writer has logged so far, by number. Throws for an unknown id. */
export function writerProcessLog(writerDir: string, id: string): WriteLogEntry[] {
  return readWriteLog(writerFiles(writerDir, id).log);
}

/** Whether the writer with this id runs now. */
export async function isWriterRunning(writerDir: string, id: string): Promise<boolean> {
  const address = writerAddress(writerDir, id);
  if (!address) return false;
  return (await askWriter(address.controlPort, id, { stop: false, timeoutMs: STOP_TIMEOUT_MS })).alive;
}

/** Stops a writer and waits until its log is complete; one that does not listen is killed. Not running is success. */
export async function stopWriterProcess(writerDir: string, id: string): Promise<void> {
  const address = writerAddress(writerDir, id);
  if (!address) return;
  const { alive, stopped } = await askWriter(address.controlPort, id, { stop: true, timeoutMs: STOP_TIMEOUT_MS });
  if (alive && !stopped) process.kill(address.pid, 'SIGKILL');
}

function writerAddress(writerDir: string, id: string): WriterAddress | undefined {
  const { address } = writerFiles(writerDir, id);
  return existsSync(address) ? (JSON.parse(readFileSync(address, 'utf8')) as WriterAddress) : undefined;
}

async function appears(path: string, problem: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!existsSync(path)) {
    if (Date.now() > deadline) throw new Error(problem());
    await sleep(START_POLL_MS);
  }
}
