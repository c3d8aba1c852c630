import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogPlace } from './timeline-history';

/** Bytes of the fields that are read, all of `struct ControlFileData`. */
const LENGTH = 52;
/** `DB_SHUTDOWNED`: a primary that stopped in order; its last checkpoint is the end of its log. */
const STOPPED_IN_ORDER = 1;

/**
 * The number that tells one database cluster, with all its copies, from every other: the first eight bytes of
 * `global/pg_control` (src/include/catalog/pg_control.h; the machine's byte order, which is little-endian wherever the
 * lab's binaries exist).
 */
export async function systemIdentifier(dataFolder: string): Promise<string> {
  return (await readControlFile(dataFolder)).readBigUInt64LE().toString();
}

/** Where the log of a primary ends that stopped in order; undefined for data that was left in any other way. */
export async function endOfStoppedPrimary(dataFolder: string): Promise<LogPlace | undefined> {
  const file = await readControlFile(dataFolder);
  if (file.readUInt32LE(16) !== STOPPED_IN_ORDER) return undefined;
  return { timeline: file.readUInt32LE(48), bytes: file.readBigUInt64LE(32) };
}

async function readControlFile(dataFolder: string): Promise<Buffer> {
  const file = await open(join(dataFolder, 'global', 'pg_control'));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LENGTH), 0, LENGTH, 0);
    if (bytesRead < LENGTH) throw new Error(`pg_control of ${dataFolder} has ${bytesRead} bytes`);
    return buffer;
  } finally {
    await file.close();
  }
}
