import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup, BackupProof } from '../../contracts/backup';
import { type Archive, clusterFolder } from '../postgres/archive';
import type { FileDigest } from '../postgres/base-copy';
import type { ContentMark } from './content-mark';

/** What a backup is, beside its files. It is written last: a folder without one is a copy that was never finished. */
export interface Manifest {
  id: string;
  store: string;
  /** see postgres/control-file.ts */
  system: string;
  from: string;
  keptIn: string;
  takenAt: string;
  timeline: number;
  /** positions of the log between which the copy was made: it needs all between */
  start: string;
  end: string;
  /** what the source held, a moment after the copy */
  mark: ContentMark;
  labelFile: string;
  files: FileDigest[];
  folders: string[];
}

const MANIFEST = 'manifest.json';
const PROOF = 'proof.json';

/** A backup that is complete, and where it is. */
export interface KeptBackup {
  folder: string;
  manifest: Manifest;
  proof?: BackupProof;
}

export function baseFolder(archive: Archive, region: string, system: string): string {
  return join(clusterFolder(archive, region, system), 'base');
}

/** The files of a backup, below its folder. */
export function dataOf(folder: string): string {
  return join(folder, 'data');
}

export function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  return writeWhole(join(folder, MANIFEST), manifest);
}

export function writeProof(folder: string, proof: BackupProof): Promise<void> {
  return writeWhole(join(folder, PROOF), proof);
}

/** All complete backups of a store in any region and of any cluster that it ever was, newest first. */
export async function keptBackups({ objects, key }: Archive): Promise<KeptBackup[]> {
  const kept: KeptBackup[] = [];
  for (const region of await names(objects)) {
    for (const system of await names(join(objects, region, key))) {
      const base = join(objects, region, key, system, 'base');
      for (const name of await names(base)) {
        const folder = join(base, name);
        const manifest = await readJson<Manifest>(join(folder, MANIFEST));
        const proof = await readJson<BackupProof>(join(folder, PROOF));
        if (manifest) kept.push({ folder, manifest, ...(proof && { proof }) });
      }
    }
  }
  return kept.sort((a, b) => b.manifest.takenAt.localeCompare(a.manifest.takenAt));
}

export function asBackup({ manifest, proof }: KeptBackup): Backup {
  const { id, store, takenAt, from, keptIn, end, files } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { id, store, takenAt, from, keptIn, bytes, position: end, ...(proof && { proof }) };
}

async function writeWhole(path: string, content: object): Promise<void> {
  await writeFile(`${path}.partial`, JSON.stringify(content));
  await rename(`${path}.partial`, path);
}

async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

/** Removes a backup so that it stops being one before its files go. */
export async function removeBackup(folder: string): Promise<void> {
  await rm(join(folder, MANIFEST), { force: true });
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
