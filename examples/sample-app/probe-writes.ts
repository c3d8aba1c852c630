import { PROBE_TABLE } from '../../contracts/probe-contract';
import { type Answer, notFound } from './answer';
import type { DataStore } from './data-store';
import type { Variant } from './settings';

const INSERT = `insert into ${PROBE_TABLE} (writer, seq) values ($1, $2) on conflict do nothing`;

/** The planted fault of `acks-before-commit`: every so many writes, one is never committed. */
const LOST_EVERY = 20;

export async function storeProbe(
  store: DataStore,
  variant: Variant,
  { writer, seq, wanted }: { writer: string; seq: string; wanted: AbortSignal },
): Promise<Answer> {
  if (!isNumber(seq)) return { status: 400, body: { error: `seq: got "${seq}"; valid is a whole number` } };
  if (variant === 'acks-before-commit') storeLater(store, writer, seq);
  else await store.write(INSERT, [writer, seq], wanted);
  return { status: 201, body: { writer, seq: Number(seq) } };
}

export async function findProbe(store: DataStore, writer: string, seq: string): Promise<Answer> {
  if (!isNumber(seq)) return notFound(`write ${seq}`);
  const rows = await store.read(`select seq from ${PROBE_TABLE} where writer = $1 and seq = $2`, [writer, seq]);
  return rows.length > 0 ? { status: 200, body: { writer, seq: Number(seq) } } : notFound(`write ${writer}/${seq}`);
}

/** What the latency SLA times: one small query on the region’s database. */
export async function timedRead(store: DataStore): Promise<Answer> {
  const [row] = await store.read('select now() as "databaseTime"');
  return { status: 200, body: { ...row } };
}

function storeLater(store: DataStore, writer: string, seq: string): void {
  if (Number(seq) % LOST_EVERY === 0) return;
  store.write(INSERT, [writer, seq]).catch((error: Error) => console.log(`write ${seq} is lost: ${error.message}`));
}

function isNumber(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
