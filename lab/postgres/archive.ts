import { randomUUID } from 'node:crypto';
import { chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatabaseOwner } from './binaries';

/** Where a database sends its log. Object storage is a folder per region; what is in it outlives every process. */
export interface Archive {
  /** all regions' object storage, one folder each below it */
  objects: string;
  /** names the store: account/application/environment/store */
  key: string;
  /** the region whose storage takes the log of this database: another one than its own wherever there is one */
  keptIn: string;
}

/**
 * A segment that is not full is archived after this long, if anything was written into it: what a loss of all databases
 * loses at most, beside the moment that archiving takes. Below the 30 s of seed 003's standard tier, with room.
 */
export const ARCHIVE_TIMEOUT_SECONDS = 20;

/**
 * A primary whose archive takes nothing keeps every segment until its disk is full, and then stops. So, as pgBackRest's
 * `archive-push-queue-max` does, segments are given up when this many wait (512 MB): the chain is broken from there on,
 * which `list` shows, and the next base copy begins a new one.
 */
const MOST_WAITING = 128;

/**
 * Archives one file: never over one that is there (the same content is success, any other is not), never half (written
 * beside, synced, then linked under its name). gzip because a segment that was closed early is mostly zeros, and because
 * its checksum tells later whether the copy is whole.
 */
const ARCHIVE_SCRIPT = `path=$1 name=$2 folder=$3 most=$4
kept="$folder/$name.gz"
partial="$folder/.$name.$$"
store() {
  if [ -f "$kept" ]; then
    gzip -dc "$kept" 2>/dev/null | cmp -s - "$path" && return 0
    echo "archive: $kept holds something else and is not overwritten" >&2
    return 1
  fi
  gzip -nc1 "$path" > "$partial" && { sync "$partial" 2>/dev/null || sync; } && ln "$partial" "$kept"
}
store
result=$?
rm -f "$partial"
[ $result -eq 0 ] && exit 0
waiting=$(ls pg_wal/archive_status | grep -c '\\.ready$')
[ "$waiting" -gt "$most" ] || exit 1
echo "archive: $name is given up: $waiting segments wait, and a full disk would stop the database" >&2
exit 0
`;

/** Fetches one file of the log from whichever region has it whole. A file that is nowhere is an ordinary answer (1). */
const RESTORE_SCRIPT = `name=$1 path=$2 objects=$3 key=$4
for kept in "$objects"/*/"$key/wal/$name.gz"; do
  [ -f "$kept" ] || continue
  gzip -dc "$kept" > "$path" && exit 0
  echo "restore: $kept is damaged" >&2
done
exit 1
`;

/** The folder of one cluster's backups in the object storage of a region. A new cluster begins a new history. */
export function clusterFolder({ objects, key }: Archive, region: string, system: string): string {
  return join(objects, region, key, system);
}

export function walFolder(archive: Archive, system: string, region = archive.keptIn): string {
  return join(clusterFolder(archive, region, system), 'wal');
}

/** Makes the place for a cluster's log, and the two scripts, and returns the settings that make a database use them. */
export async function openArchive(archive: Archive, system: string, owner: DatabaseOwner | undefined): Promise<string> {
  const folder = walFolder(archive, system);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await putScript(scriptIn(archive, 'archive'), ARCHIVE_SCRIPT);
  await putScript(scriptIn(archive, 'restore'), RESTORE_SCRIPT);
  if (owner) await chown(folder, owner.uid, owner.gid);
  return `${archivingConf(archive, folder)}${restoringConf(archive, system)}`;
}

/**
 * In one step: a shell that begins to read a file which is just being written finds nothing, and does that successfully;
 * the database would think that its segment is archived.
 */
async function putScript(path: string, script: string): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  await writeFile(beside, script);
  await rename(beside, path);
}

/** Settings of a database that archives. Standbys have them, too: they begin to archive when they are promoted. */
function archivingConf(archive: Archive, folder: string): string {
  const command = `sh ${quoted(scriptIn(archive, 'archive'))} "%p" "%f" ${quoted(folder)} ${MOST_WAITING} || exit 1`;
  return `archive_mode = on\narchive_timeout = ${ARCHIVE_TIMEOUT_SECONDS}s\narchive_command = ${setting(command)}\n`;
}

/**
 * Settings of a database that reads the archive: a restored one, and every standby, which so finds segments that its
 * primary never had or has removed. Exit codes above 125 would stop a standby for good, hence `|| exit 1`.
 */
export function restoringConf(archive: Archive, system: string): string {
  const where = `${quoted(archive.objects)} ${quoted(`${archive.key}/${system}`)}`;
  return `restore_command = ${setting(`sh ${quoted(scriptIn(archive, 'restore'))} "%f" "%p" ${where} || exit 1`)}\n`;
}

function scriptIn({ objects }: Archive, name: 'archive' | 'restore'): string {
  return join(dirname(objects), `${name}.sh`);
}

/** One word for the shell, inside a command in which PostgreSQL replaces what follows a percent sign. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll('%', '%%')}'`;
}

/** A value for postgresql.conf. */
function setting(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
