import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface OpenLog {
  fd: number;
  close(): void;
}

/** Opens a log file for appending, to be given to a child process as its output; close it after the start. */
export function openLog(path: string): OpenLog {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'a');
  return { fd, close: () => closeSync(fd) };
}

const TAIL_CHARACTERS = 400;

/** The end of a log file in one line; empty when there is none. */
export function tailOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim().slice(-TAIL_CHARACTERS).replaceAll('\n', ' | ');
  } catch {
    return '';
  }
}
