import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { oneRow } from './connect';

export interface ContentDigest {
  rows: number;
  /** sha-256 over the name, row count and row digests of every table that was asked for */
  digest: string;
}

/** The application's tables, as quoted names, in a fixed order. */
export async function applicationTables(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  return rows.map(({ name }) => name);
}

/**
 * Digest of all rows of these tables, as one snapshot sees them; the order of rows on disk does not matter.
 * `seen` runs once the snapshot stands, before anything is read.
 */
export async function contentDigest(
  client: Client,
  tables: string[],
  seen?: () => Promise<unknown>,
): Promise<ContentDigest> {
  const digest = createHash('sha256');
  let rows = 0;
  await client.query('begin isolation level repeatable read read only; select 1');
  await seen?.();
  for (const table of tables) {
    const { count, md5 } = await oneRow<{ count: number; md5: string }>(
      client,
      `select count(*)::int as count, coalesce(md5(string_agg(row, '' order by row)), '') as md5
       from (select md5(t::text) as row from ${table} as t) as hashed`,
    );
    digest.update(`${table}\n${count}\n${md5}\n`);
    rows += count;
  }
  await client.query('commit');
  return { rows, digest: digest.digest('hex') };
}
