import type { ArtifactRef } from '../contracts/artifact';
import type { DeploymentRecord } from '../contracts/record';
import type { DeploymentKey } from '../contracts/workflow-ids';

/** The record of what is live. One writer at a time is not assumed: every write is a compare-and-set. */
export interface DeploymentStore {
  /** The present record; an empty one (version 0) when there is none. */
  load(key: DeploymentKey): Promise<DeploymentRecord>;
  /** Writes `record` if the stored version is still `record.version`; returns it with the version raised by one. Throws RecordConflictError otherwise. */
  save(record: DeploymentRecord): Promise<DeploymentRecord>;
  list(): Promise<DeploymentKey[]>;
}

export class RecordConflictError extends Error {
  constructor(key: DeploymentKey, expected: number, found: number) {
    super(`record ${key.application}/${key.environment} is at version ${found}, the write expected ${expected}`);
    this.name = 'RecordConflictError';
  }
}

/** Content-addressed store for templates, documents and reports. Putting the same content twice is one artifact. */
export interface ArtifactStore {
  put(content: string, extension: string): Promise<ArtifactRef>;
  /** Throws when the content is gone or no longer has its digest. */
  get(ref: ArtifactRef): Promise<string>;
}
