import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DeploymentRecord, deploymentRecordSchema, emptyRecord } from '../../contracts/record';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { type DeploymentStore, RecordConflictError } from '../store-port';

/** Versions before these are removed: enough to see what happened lately. */
const VERSIONS_KEPT = 50;

/**
 * Records as files, one folder per application and environment, one file per version. A version is written beside and
 * linked under its number: the file system lets exactly one writer have a number, so there is no lock that could be held
 * by the dead, and a reader sees whole versions only.
 */
export class FileDeploymentStore implements DeploymentStore {
  constructor(private readonly directory: string) {}

  async load(key: DeploymentKey): Promise<DeploymentRecord> {
    const latest = (await this.versions(key)).at(-1);
    if (latest === undefined) return emptyRecord(key.application, key.environment);
    try {
      return deploymentRecordSchema.parse(JSON.parse(await readFile(this.file(key, latest), 'utf8')));
    } catch (error) {
      // Between listing and reading, many newer versions may have come: look again.
      if (isCode(error, 'ENOENT')) return this.load(key);
      throw error;
    }
  }

  async save(record: DeploymentRecord): Promise<DeploymentRecord> {
    await mkdir(this.folder(record), { recursive: true });
    const found = await this.load(record);
    if (found.version !== record.version) throw new RecordConflictError(record, record.version, found.version);
    const next = { ...record, version: record.version + 1 };
    const beside = path.join(this.folder(record), `${randomUUID()}.new`);
    await writeFile(beside, `${JSON.stringify(next, undefined, 2)}\n`, { flush: true });
    try {
      await link(beside, this.file(record, next.version));
    } catch (error) {
      if (isCode(error, 'EEXIST')) throw new RecordConflictError(record, record.version, next.version);
      throw error;
    } finally {
      await rm(beside, { force: true });
    }
    await this.removeOld(record, next.version);
    return next;
  }

  async list(): Promise<DeploymentKey[]> {
    const folders = await entries(this.directory);
    return folders
      .map((folder) => folder.split('~'))
      .flatMap(([application, environment]) => (application && environment ? [{ application, environment }] : []));
  }

  private async versions(key: DeploymentKey): Promise<number[]> {
    const files = await entries(this.folder(key));
    return files
      .map((file) => Number(/^(\d+)\.json$/.exec(file)?.[1] ?? Number.NaN))
      .filter((version) => !Number.isNaN(version))
      .sort((a, b) => a - b);
  }

  private async removeOld(key: DeploymentKey, newest: number): Promise<void> {
    const old = (await this.versions(key)).filter((version) => version <= newest - VERSIONS_KEPT);
    await Promise.all(old.map((version) => rm(this.file(key, version), { force: true })));
  }

  private folder({ application, environment }: DeploymentKey): string {
    return path.join(this.directory, `${application}~${environment}`);
  }

  private file(key: DeploymentKey, version: number): string {
    return path.join(this.folder(key), `${version}.json`);
  }
}

/** What is in a folder; nothing when it does not exist. */
async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** By shape, not by class: an error may come from another realm. */
function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
