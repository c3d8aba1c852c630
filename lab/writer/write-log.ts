import { openSync, readFileSync, writeSync } from 'node:fs';
import { type WriteLogEntry, writeLogEntrySchema } from '../../contracts/validation';

/**
 * Opens a new log and returns how to append to it. A line is handed to the system before `append` returns: it survives
 * this process. Throws EEXIST when the file is there.
 */
export function createWriteLog(path: string): (entry: WriteLogEntry) => void {
  const file = openSync(path, 'wx');
  return (entry) => {
    writeSync(file, `${JSON.stringify(entry)}\n`);
  };
}

/** All entries by number. A last line that is still being written is left out. Throws when there is no such file. */
export function readWriteLog(path: string): WriteLogEntry[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => writeLogEntrySchema.parse(JSON.parse(line))).sort((a, b) => a.seq - b.seq);
}
