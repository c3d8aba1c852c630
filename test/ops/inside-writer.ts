import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { Turns } from './turns';
import type { Write } from './write';

/** Where inside writers write: what they wrote is told apart by run, and a key is given out once. */
export const INSIDE_TABLE = 'ops_inside_writes';
export const CREATE_INSIDE_TABLE = `create table if not exists ${INSIDE_TABLE} (
  run text not null, key text not null, content text not null, primary key (run, key))`;

const EVERY_MS = 50;
/** A connection that has not answered for so long is left waiting, to see whether it ever does, and another one is made. */
const STUCK_AFTER_MS = 500;
const MOST_LANES = 6;
const SLOT_MS = 100;

const INSERT = `with written as (
    insert into ${INSIDE_TABLE} (run, key, content) values ($1, $2, $3) on conflict do nothing returning 1)
  select (select count(*) from written)::int as written, inet_server_port() as port,
    ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline`;

export interface InsideOptions {
  run: string;
  region: string;
  /** the way of the region that it uses, for people */
  way: string;
  connection: ClientConfig;
  /** the region of a database by the port that it says it listens on */
  regionOf: (port: number) => string;
  turns: Turns;
}

/** One connection: what it does now has been under way since then. */
interface Lane {
  client: Client;
  busySinceMs: number;
}

/**
 * Writes over SQL as an application of one region does, from inside it: no link lies between, so a cut of the region does
 * not cut it off. Each database that acknowledges says which one it is. Every second write is for a slot of time that all
 * inside writers want, and a database gives out once: given out twice, there are two.
 */
export class InsideWriter {
  readonly log: Write[] = [];
  private readonly lanes = new Set<Lane>();
  private timer: NodeJS.Timeout | undefined;
  private seq = 0;
  private ended = false;

  constructor(private readonly options: InsideOptions) {}

  start(): void {
    this.keepGoing();
    this.timer = setInterval(() => this.keepGoing(), EVERY_MS);
  }

  /** What is still under way is given up, unanswered. */
  stop(): void {
    this.ended = true;
    clearInterval(this.timer);
    for (const { client } of this.lanes) void client.end().catch(() => undefined);
  }

  private keepGoing(): void {
    const isStuck = ({ busySinceMs }: Lane) => Date.now() - busySinceMs > STUCK_AFTER_MS;
    if (this.lanes.size < MOST_LANES && [...this.lanes].every(isStuck)) void this.write();
  }

  /** Writes over one connection until that fails. */
  private async write(): Promise<void> {
    const client = new Client(this.options.connection);
    client.on('error', () => undefined);
    const lane: Lane = { client, busySinceMs: Date.now() };
    this.lanes.add(lane);
    try {
      await client.connect();
      while (!this.ended) {
        lane.busySinceMs = Date.now();
        await this.send(client);
        await sleep(EVERY_MS);
      }
    } catch {
      // the next one is a connection of its own
    } finally {
      this.lanes.delete(lane);
      void client.end().catch(() => undefined);
    }
  }

  private async send(client: Client): Promise<void> {
    const { run, region, way, regionOf, turns } = this.options;
    const seq = ++this.seq;
    const sentAtMs = Date.now();
    const content = `${region} ${way} ${seq}`;
    const key = seq % 2 === 0 ? `slot/${Math.floor(sentAtMs / SLOT_MS)}` : content;
    const write = { key, content, way: `${region} ${way}`, sentAtMs };
    try {
      const { rows } = await client.query<{ written: number; port: number; timeline: number }>(INSERT, [
        ...[run, key, content],
      ]);
      const row = rows[0];
      const endedAtMs = Date.now();
      if (row?.written !== 1) return;
      const by = { region: regionOf(row.port), timeline: row.timeline };
      // an answer of another region's database has come over a link, which takes its time
      const notBeforeMs = by.region === region ? Math.max(sentAtMs, turns.notBeforeMs) : sentAtMs;
      this.log.push({ ...write, notBeforeMs, endedAtMs, outcome: 'acknowledged', by });
    } catch (error) {
      const outcome = 'not-acknowledged';
      this.log.push({ ...write, notBeforeMs: sentAtMs, endedAtMs: Date.now(), outcome });
      throw error;
    }
  }
}
