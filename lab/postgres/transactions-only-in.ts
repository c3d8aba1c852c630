import type { Client } from 'pg';

const BATCH = 5_000;
/** As many are remembered at most; what they wrote is read in one query. */
const MOST = 50_000;

/**
 * Transactions that wrote rows of a table of one database and are not part of another's history. A transaction that was
 * replicated has the same time of commit on both, to the microsecond; after histories have parted, a number that both
 * gave out has not. Rows older than what `track_commit_timestamp` remembers were replicated long ago.
 */
export async function transactionsOnlyIn(
  one: Client,
  other: Client,
  table: string,
): Promise<{ transactions: string[]; complete: boolean }> {
  await one.query(`declare written no scroll cursor for
    select xid, pg_xact_commit_timestamp(xid::xid)::text as at from (select distinct xmin::text as xid from only ${table}) as x`);
  const transactions: string[] = [];
  for (;;) {
    const { rows } = await one.query<{ xid: string; at: string | null }>(`fetch ${BATCH} from written`);
    const known = rows.filter(({ at }) => at !== null);
    if (known.length > 0) transactions.push(...(await unknownTo(other, known)));
    if (rows.length === BATCH && transactions.length < MOST) continue;
    await one.query('close written');
    return { transactions: transactions.slice(0, MOST), complete: rows.length < BATCH };
  }
}

async function unknownTo(client: Client, written: Array<{ xid: string; at: string | null }>): Promise<string[]> {
  const { rows } = await client.query<{ xid: string }>(
    `select xid from unnest($1::text[], $2::text[]) as written(xid, at)
     where pg_xact_commit_timestamp(xid::xid) is distinct from at::timestamptz`,
    [written.map(({ xid }) => xid), written.map(({ at }) => at)],
  );
  return rows.map(({ xid }) => xid);
}
