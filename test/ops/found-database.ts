import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { PROBE_TABLE } from '../../contracts/probe-contract';
import { databaseOwner, postgresBinaries } from '../../lab/postgres/binaries';
import { withScratchServer } from '../../lab/postgres/scratch-server';
import { parseHistory } from '../../lab/postgres/timeline-history';
import { labIdOf } from '../lab/running-lab';
import { store } from '../lab/sample-deployment';
import { freePort } from '../support/free-port';
import { INSIDE_TABLE } from './inside-writer';
import type { OpsLab } from './ops-lab';
import { outsideKey } from './outside-writer';
import type { Found } from './promises';

/** Nothing reaches it, it follows nobody, and it leaves the archive alone. */
const ISOLATED = {
  archive_mode: 'off',
  default_transaction_read_only: 'on',
  fsync: 'off',
  primary_conninfo: '',
  restore_command: '',
  synchronous_standby_names: '',
};
const COMMITTED = 'coalesce(extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000, 0)::float as "committedAtMs"';
const ROWS = `select seq::text, null as key, '' as content, ${COMMITTED} from ${PROBE_TABLE} where writer = $1
  union all select null, key, content, ${COMMITTED} from ${INSIDE_TABLE} where run = $1`;
const TIMELINE = `select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline`;

/** The rows of one run in the database of the region that takes the writes now. */
export async function presentDatabase(ops: OpsLab, region: string, run: string): Promise<Found> {
  return foundBy(ops, await ops.readPort(region), region, run);
}

/** The same of a database none of whose processes is left, from a copy of its data: its own is the rejoin's to examine. */
export async function databaseLeftBehind(ops: OpsLab, region: string, run: string): Promise<Found> {
  const copy = join(ops.lab.home, `left-behind-${region}-${run}`);
  const port = await freePort();
  const connection = { ...(await ops.readPort(region)), port };
  const owner = databaseOwner();
  const { postgres: command } = postgresBinaries(ops.lab.home, owner);
  execFileSync('cp', ['-a', dataFolderOf(ops, region), copy]);
  for (const name of ['postmaster.pid', 'standby.signal']) rmSync(join(copy, name), { force: true });
  const reached = async () => (await ops.query(connection, TIMELINE)).length === 1;
  const marker = `${labIdOf(ops.lab)}/left-behind/${region}/${run}/`;
  try {
    return await withScratchServer(
      { ...{ command, owner, port, marker, reached }, dataFolder: copy, settings: ISOLATED },
      () => foundBy(ops, connection, region, run),
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** In the command line of every process of the region's database. */
export function databaseMarker(ops: OpsLab, region: string): Promise<string> {
  return ops
    .readPort(region)
    .then((connection) => ops.query<{ marker: string }>(connection, `select current_setting('cluster_name') as marker`))
    .then(([row]) => row?.marker ?? '');
}

async function foundBy(ops: OpsLab, connection: ClientConfig, region: string, run: string): Promise<Found> {
  const rows = await ops.query<{ seq: string | null; key: string; content: string; committedAtMs: number }>(
    connection,
    ROWS,
    [run],
  );
  const [row] = await ops.query<{ timeline: number }>(connection, TIMELINE);
  const timeline = row?.timeline ?? 0;
  return {
    ...{ region, timeline, ancestors: ancestorsOf(dataFolderOf(ops, region), timeline) },
    rows: new Map(
      rows.map(({ seq, key, content, committedAtMs }) => [
        seq === null ? key : outsideKey(seq),
        { content, committedAtMs },
      ]),
    ),
  };
}

/** The first timeline has no history file. */
function ancestorsOf(dataFolder: string, timeline: number): number[] {
  if (timeline === 1) return [];
  const name = `${timeline.toString(16).padStart(8, '0').toUpperCase()}.history`;
  return parseHistory(readFileSync(join(dataFolder, 'pg_wal', name), 'utf8')).map((place) => place.timeline);
}

function dataFolderOf({ lab }: OpsLab, region: string): string {
  const parent = join(lab.home, 'regions', region);
  const [site] = readdirSync(parent);
  return join(parent, site ?? '', 'data', store.store);
}
