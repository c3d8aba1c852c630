import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type Archive, walFolder } from '../postgres/archive';
import { holes, SEGMENT_BYTES, type Segment, segmentName, segmentOf } from './wal-segments';

/** One segment in the object storage of one region. */
export interface ArchivedSegment extends Segment {
  path: string;
  /** ISO */
  at: string;
  bytes: number;
}

/** All segments of a cluster in all regions, in the order of the log. Files of other kinds (histories) are not among them. */
export async function archivedSegments(archive: Archive, system: string): Promise<ArchivedSegment[]> {
  const found: ArchivedSegment[] = [];
  for (const region of await readdir(archive.objects).catch(() => [])) {
    const folder = walFolder(archive, system, region);
    for (const name of await readdir(folder).catch(() => [])) {
      const segment = name.endsWith('.gz') ? segmentOf(name.slice(0, -3)) : undefined;
      if (!segment) continue;
      const path = join(folder, name);
      const { mtime, size } = await stat(path);
      found.push({ ...segment, path, at: mtime.toISOString(), bytes: size });
    }
  }
  return found.sort((a, b) => a.number - b.number || a.timeline - b.timeline);
}

/** Segments that were read and found whole, by path, time and size: what nobody touched is not read twice. */
export type Checked = Set<string>;

/**
 * Reads every segment from `from` on, and returns a sentence for each that is missing, or damaged wherever it is kept.
 * Beyond the first, nothing can be recovered.
 */
export async function breaksIn(segments: ArchivedSegment[], from: number, checked: Checked): Promise<string[]> {
  const needed = segments.filter(({ number }) => number >= from);
  const damaged = new Set<string>();
  const whole = new Set<string>();
  for (const segment of needed) ((await isWhole(segment, checked)) ? whole : damaged).add(segmentName(segment));
  if (needed.length === 0) return [`nothing of the log from part ${from} on is archived`];
  return [
    ...[...damaged].filter((name) => !whole.has(name)).map((name) => `${name} is damaged`),
    ...holes(needed, from).map((number) => `part ${number} of the log is missing`),
  ];
}

async function isWhole({ path, at, bytes }: ArchivedSegment, checked: Checked): Promise<boolean> {
  const key = `${path} ${at} ${bytes}`;
  if (checked.has(key)) return true;
  const content = await readFile(path)
    .then((packed) => promisify(gunzip)(packed))
    .catch(() => undefined);
  if (content?.length !== SEGMENT_BYTES) return false;
  checked.add(key);
  return true;
}

/** Removes what lies before a part of the log; histories of timelines stay, they are small and always needed. */
export async function removeSegmentsBefore(segments: ArchivedSegment[], number: number): Promise<number> {
  const old = segments.filter((segment) => segment.number < number);
  await Promise.all(old.map(({ path }) => rm(path, { force: true })));
  return old.length;
}
