import type { Client } from 'pg';

/** A table of the application that can be compared. */
export interface ComparedTable {
  /** quoted, with its schema */
  name: string;
  /** columns of the primary key, quoted, in its order; none: the table has no key */
  key: string[];
}

/** A row as PostgreSQL writes it: text, so that equal means equal and no number is cut off. */
export interface TextRow {
  /** JSON object of the key's columns, or of the row's digest where there is no key */
  key: string;
  /** JSON object of all columns; numbers that JavaScript cannot hold exactly are strings */
  row: string;
}

const TABLES = `select format('%I.%I', n.nspname, c.relname) as name,
    array(select quote_ident(a.attname) from pg_index i, unnest(i.indkey) with ordinality as part(number, place)
      join pg_attribute a on a.attnum = part.number
      where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and part.place <= i.indnkeyatts
      order by part.place) as key
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  order by 1`;

const ROWS_AT_A_TIME = 500;
const EXACT_DIGITS = 15;
const ROW = `coalesce((select jsonb_object_agg(field.key, case
    when jsonb_typeof(field.value) = 'number' and length(field.value #>> '{}') > ${EXACT_DIGITS}
    then to_jsonb(field.value #>> '{}') else field.value end) from jsonb_each(to_jsonb(t)) as field), '{}')::text`;

/** Tables with rows of their own that are replicated, partitions included. */
export async function comparedTables(client: Client): Promise<ComparedTable[]> {
  return (await client.query<ComparedTable>(TABLES)).rows;
}

/** Whether the other side has that table with the columns of its key. */
export async function hasTable(client: Client, { name, key }: ComparedTable): Promise<boolean> {
  const text = `select to_regclass($1) is not null and $2::text[] <@ array(select quote_ident(attname)
    from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped) as there`;
  const { rows } = await client.query<{ there: boolean }>(text, [name, key]);
  return rows[0]?.there === true;
}

/** The rows that were written by these transactions, some at a time. */
export async function* rowsWrittenBy(
  client: Client,
  table: ComparedTable,
  transactions: string[],
): AsyncGenerator<TextRow[]> {
  const text = `declare divergent no scroll cursor for select ${keyOf(table)} as key, ${ROW} as row
    from only ${table.name} as t where t.xmin = any($1::xid[])`;
  await client.query(text, [transactions]);
  for (;;) {
    const { rows } = await client.query<TextRow>(`fetch ${ROWS_AT_A_TIME} from divergent`);
    if (rows.length > 0) yield rows;
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  await client.query('close divergent');
}

/** The rows that have one of these keys, by key. */
export async function rowsByKey(client: Client, table: ComparedTable, keys: string[]): Promise<Map<string, string>> {
  const same = table.key.map((column) => `t.${column} = wanted.${column}`).join(' and ');
  const text = `select ${keyOf(table)} as key, ${ROW} as row
    from jsonb_populate_recordset(null::${table.name}, $1::jsonb) as wanted join only ${table.name} as t on ${same}`;
  const { rows } = await client.query<TextRow>(text, [`[${keys.join(',')}]`]);
  return new Map(rows.map(({ key, row }) => [key, row]));
}

/** How often a table without a key holds each of these rows, by the digest that is their key here. */
export async function timesHeld(client: Client, table: ComparedTable, keys: string[]): Promise<Map<string, number>> {
  const text = `select ${keyOf(table)} as key, count(*)::int as times from only ${table.name} as t
    where ${keyOf(table)} = any($1::text[]) group by 1`;
  const { rows } = await client.query<{ key: string; times: number }>(text, [keys]);
  return new Map(rows.map(({ key, times }) => [key, times]));
}

function keyOf({ key }: ComparedTable): string {
  const parts = key.map((column) => `${literalOf(column)}, t.${column}`);
  return key.length > 0
    ? `jsonb_build_object(${parts.join(', ')})::text`
    : `jsonb_build_object('md5', md5(t::text))::text`;
}

/** The name of a column as a string: `"a""b"` and `a` become `'a"b'` and `'a'`. */
function literalOf(quoted: string): string {
  const name = quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll('""', '"') : quoted;
  return `'${name.replaceAll("'", "''")}'`;
}
