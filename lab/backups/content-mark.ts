import type { Client } from 'pg';
import { type AdministratorAccess, oneRow, withDatabase } from '../postgres/connect';
import { applicationTables, type ContentDigest, contentDigest } from '../postgres/content-digest';

/** What a store held at one place of its log. A restore that stops there must hold the same. */
export interface ContentMark extends ContentDigest {
  /** names the place in the log (`pg_create_restore_point`) */
  name: string;
  position: string;
  at: string;
  tables: string[];
}

/** Writes wait at most this long; they wait only until the snapshot stands, not while it is read. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * Marks a place in the log and says what the tables hold there. For a moment nothing can write, so that the snapshot
 * which is then read, and the mark, stand for the same rows: all that was committed before, nothing that came after.
 */
export function markContent(access: AdministratorAccess & { database: string }, name: string): Promise<ContentMark> {
  return withDatabase(access, async (locker) => {
    await locker.query(`begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const tables = await applicationTables(locker);
    if (tables.length > 0) await locker.query(`lock table ${tables.join(', ')} in share mode`);
    let position = '';
    const mark = async () => {
      position = await restorePoint(locker, name);
      await locker.query('rollback');
    };
    const content = await withDatabase(access, (reader) => contentDigest(reader, tables, mark));
    return { name, position, at: new Date().toISOString(), tables, ...content };
  });
}

async function restorePoint(client: Client, name: string): Promise<string> {
  const text = 'select pg_create_restore_point($1)::text as position';
  return (await oneRow<{ position: string }>(client, text, [name])).position;
}
