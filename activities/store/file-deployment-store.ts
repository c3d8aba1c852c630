import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type DeploymentRecord, deploymentRecordSchema, emptyRecord } from '../../contracts/record';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { type DeploymentStore, RecordConflictError } from '../store-port';

/** A lock older than this belonged to a process that died while holding it; writes take milliseconds. */
const STALE_LOCK_MS = 5_000;
const LOCK_ATTEMPTS = 200;
const LOCK_WAIT_MS = 25;

/**
 * Records as one JSON file per application and environment. A write goes to a new file that is synced and renamed
 * over the old one, under a lock file, so that readers see the old or the new record and never half of one.
 */
export class FileDeploymentStore implements DeploymentStore {
  constructor(private readonly directory: string) {}

  async load(key: DeploymentKey): Promise<DeploymentRecord> {
    try {
      return deploymentRecordSchema.parse(JSON.parse(await readFile(this.file(key), 'utf8')));
    } catch (error) {
      if (isMissing(error)) return emptyRecord(key.application, key.environment);
      throw error;
    }
  }

  async save(record: DeploymentRecord): Promise<DeploymentRecord> {
    await mkdir(this.directory, { recursive: true });
    return this.locked(record, async () => {
      const found = await this.load(record);
      if (found.version !== record.version) throw new RecordConflictError(record, record.version, found.version);
      const next = { ...record, version: record.version + 1 };
      await writeAtomically(this.file(record), `${JSON.stringify(next, undefined, 2)}\n`);
      return next;
    });
  }

  async list(): Promise<DeploymentKey[]> {
    const files = await readdir(this.directory).catch((error) => {
      if (isMissing(error)) return [] as string[];
      throw error;
    });
    return files
      .map((file) => /^([^.~]+)~([^.~]+)\.json$/.exec(file))
      .flatMap((match) => (match?.[1] && match[2] ? [{ application: match[1], environment: match[2] }] : []));
  }

  private file({ application, environment }: DeploymentKey): string {
    return path.join(this.directory, `${application}~${environment}.json`);
  }

  private async locked<R>(key: DeploymentKey, act: () => Promise<R>): Promise<R> {
    const lock = `${this.file(key)}.lock`;
    await acquire(lock);
    try {
      return await act();
    } finally {
      await rm(lock, { force: true });
    }
  }
}

async function acquire(lock: string): Promise<void> {
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt += 1) {
    try {
      const handle = await open(lock, 'wx');
      await handle.close();
      return;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      await removeIfStale(lock);
      await new Promise((resolve) => setTimeout(resolve, LOCK_WAIT_MS));
    }
  }
  throw new Error(`record lock ${path.basename(lock)} is held by another process`);
}

async function removeIfStale(lock: string): Promise<void> {
  const found = await stat(lock).catch(() => undefined);
  if (found && Date.now() - found.mtimeMs > STALE_LOCK_MS) await rm(lock, { force: true });
}

async function writeAtomically(file: string, content: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** By shape, not by class: an error may come from another realm. */
function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
