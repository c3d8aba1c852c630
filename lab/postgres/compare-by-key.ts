import { type Client, DatabaseError } from 'pg';
import type { DivergentRow } from '../../contracts/replication';
import {
  type ComparedTable,
  comparedTables,
  hasTable,
  rowsByKey,
  rowsWrittenBy,
  type TextRow,
  timesHeld,
} from './compared-table';
import { type AdministratorAccess, withDatabase } from './connect';
import { transactionsOnlyIn } from './transactions-only-in';

export interface Compared {
  rows: DivergentRow[];
  /** why not everything that differs is among the rows; none: it is */
  gaps: string[];
}

/** One more row would not be listed. Bytes are those of the rows' text. */
export interface CompareLimits {
  rows: number;
  bytes: number;
}

export const DEFAULT_LIMITS: CompareLimits = { rows: 2_000, bytes: 16 * 2 ** 20 };

const STATEMENT_WITHIN_MS = 10 * 60_000;
const SNAPSHOT = `set timezone = 'UTC'; set statement_timeout = ${STATEMENT_WITHIN_MS};
  begin isolation level repeatable read read only; select 1`;
/** Classes of errors that say that a server or a connection ended, not that something cannot be read. */
const ENDED = /^(57P|08)/;

/**
 * What an old primary holds and the present one does not: rows that transactions wrote which only the old one has, and
 * that the present one lacks or has otherwise. Rows that the present primary has changed since are not among them, nor
 * are rows that only the old one has deleted. Looked up by primary key; in tables without one, counted by the digest of
 * the whole row. Each side is read as of one moment, and nobody's writes wait. What cannot be read is a gap; throws when
 * one of the two ends.
 */
export function compareByKey(
  old: AdministratorAccess,
  present: AdministratorAccess,
  limits = DEFAULT_LIMITS,
): Promise<Compared> {
  return withDatabase(old, (oldClient) =>
    withDatabase(present, async (presentClient) => {
      await Promise.all([oldClient.query(SNAPSHOT), presentClient.query(SNAPSHOT)]);
      const found: Compared = { rows: [], gaps: [] };
      const left = { ...limits };
      for (const table of await comparedTables(oldClient)) {
        await readOrGap([oldClient, presentClient], table, found, async () => {
          const { transactions, complete } = await transactionsOnlyIn(oldClient, presentClient, table.name);
          if (!complete) found.gaps.push(`${table.name}: only ${transactions.length} transactions were looked at`);
          if (transactions.length === 0) return;
          const sides = { old: oldClient, present: presentClient };
          for await (const rows of divergentRows(sides, table, transactions)) {
            if (take(table.name, rows, left, found)) continue;
            // ends the cursor, too
            await oldClient.query('rollback to savepoint before_table');
            return;
          }
        });
      }
      return found;
    }),
  );
}

async function readOrGap(
  clients: Client[],
  { name }: ComparedTable,
  { gaps }: Compared,
  read: () => Promise<void>,
): Promise<void> {
  await Promise.all(clients.map((client) => client.query('savepoint before_table')));
  try {
    await read();
  } catch (error) {
    if (!(error instanceof DatabaseError) || ENDED.test(error.code ?? '')) throw error;
    gaps.push(`${name}: ${error.message}`);
    await Promise.all(clients.map((client) => client.query('rollback to savepoint before_table')));
  }
}

async function* divergentRows(
  { old, present }: { old: Client; present: Client },
  table: ComparedTable,
  transactions: string[],
): AsyncGenerator<DivergentRow[]> {
  const isThere = await hasTable(present, table);
  const listed = new Map<string, number>();
  for await (const written of rowsWrittenBy(old, table, transactions)) {
    const keys = [...new Set(written.map(({ key }) => key))];
    if (table.key.length > 0) {
      const held = isThere ? await rowsByKey(present, table, keys) : new Map<string, string>();
      yield written
        .filter(({ key, row }) => held.get(key) !== row)
        .map((row) => divergent(table, row, held.get(row.key)));
      continue;
    }
    const had = await timesHeld(old, table, keys);
    const held = isThere ? await timesHeld(present, table, keys) : new Map<string, number>();
    yield written.flatMap((row) => {
      const times = listed.get(row.key) ?? 0;
      if (times >= (had.get(row.key) ?? 0) - (held.get(row.key) ?? 0)) return [];
      listed.set(row.key, times + 1);
      return [divergent(table, row)];
    });
  }
}

function divergent({ name }: ComparedTable, { key, row }: TextRow, held?: string): DivergentRow {
  const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;
  return { table: name, key, old: parsed(row), ...(held !== undefined && { present: parsed(held) }) };
}

/** False when a limit was reached: what is left is not listed. */
function take(table: string, rows: DivergentRow[], left: CompareLimits, { rows: taken, gaps }: Compared): boolean {
  for (const row of rows) {
    left.rows -= 1;
    left.bytes -= JSON.stringify(row).length;
    if (left.rows < 0 || left.bytes < 0) {
      gaps.push(`${table}: more rows differ than are listed`);
      return false;
    }
    taken.push(row);
  }
  return true;
}
