import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createSender } from './send-write';
import { createWriteLog } from './write-log';
import { WriteStream } from './write-stream';
import { listenForStop } from './writer-control';
import { type WriterAddress, type WriterSettings, writerFiles } from './writer-settings';

/**
 * The writer process: `node main.js WRITER_DIR ID`. It outlives whoever started it, because a drill must go on when a
 * worker dies; it ends when told to, when the edge is gone, or by itself.
 */

/** A drill takes well under a minute; nothing of it may be left much later. */
const LONGEST_LIFE_MS = 120_000;

async function main(writerDir: string, id: string): Promise<void> {
  const files = writerFiles(writerDir, id);
  const settings = JSON.parse(readFileSync(files.settings, 'utf8')) as WriterSettings;
  const log = createLogOrExit(files.log);
  const stream = new WriteStream(settings.writesPerSecond, createSender(settings), log, () => void stop());
  let stopping: Promise<void> | undefined;
  const stop = () => {
    // the connection of whoever asked is ended in order before the process is
    stopping ??= stream.stop().finally(() => setTimeout(() => process.exit(0), 50));
    return stopping;
  };
  const { port } = await listenForStop(id, stop);
  const address: WriterAddress = { pid: process.pid, controlPort: port };
  writeFileSync(`${files.address}.tmp`, JSON.stringify(address));
  renameSync(`${files.address}.tmp`, files.address);
  process.on('SIGTERM', () => void stop());
  setTimeout(() => void stop(), LONGEST_LIFE_MS);
  stream.start();
}

/** The log exists: another process writes under this id, or did. Not an error, and nothing to do. */
function createLogOrExit(path: string): ReturnType<typeof createWriteLog> {
  try {
    return createWriteLog(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') process.exit(0);
    throw error;
  }
}

const [writerDir, id] = process.argv.slice(2);
if (writerDir === undefined || id === undefined) throw new Error('usage: main.js WRITER_DIR ID');
void main(writerDir, id);
