import { open } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The number that tells one database cluster, with all its copies, from every other: the first eight bytes of
 * `global/pg_control` (src/include/catalog/pg_control.h; the machine's byte order, which is little-endian wherever the
 * lab's binaries exist).
 */
export async function systemIdentifier(dataFolder: string): Promise<string> {
  const file = await open(join(dataFolder, 'global', 'pg_control'));
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.readBigUInt64LE().toString();
  } finally {
    await file.close();
  }
}
