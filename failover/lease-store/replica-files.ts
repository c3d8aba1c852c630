import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from './entry';
import { type Acceptor, newAcceptor } from './register';
import { ReplicaState } from './replica-protocol';

/** What a replica must not forget, one file a key. */
export interface ReplicaFiles {
  /** @throws Error naming the file when it cannot be understood: a replica that forgot its promises must not answer */
  load(key: string): Promise<Acceptor<Entry>>;
  /** Resolves when the state outlives what `survives` says; the file is the old or the new one at any time. */
  save(key: string, state: Acceptor<Entry>): Promise<void>;
}

/** What a replica's promises must outlive: the loss of the machine's power, or only the death of its process. */
export type Survives = 'power-loss' | 'process-death';

export async function openReplicaFiles(directory: string, survives: Survives = 'power-loss'): Promise<ReplicaFiles> {
  await mkdir(directory, { recursive: true });
  const pathOf = (key: string) => join(directory, `${createHash('sha256').update(key).digest('hex')}.json`);
  return {
    load: async (key) => {
      const content = await readIfThere(pathOf(key));
      return content === undefined ? newAcceptor() : parseState(content, pathOf(key));
    },
    save: async (key, state) => {
      const path = pathOf(key);
      const content = JSON.stringify({ key, ...state });
      if (survives === 'process-death') {
        await writeFile(`${path}.new`, content);
        await rename(`${path}.new`, path);
        return;
      }
      await writeThrough(`${path}.new`, content);
      await rename(`${path}.new`, path);
      await syncDirectory(directory);
    },
  };
}

function parseState(content: string, path: string): Acceptor<Entry> {
  try {
    return ReplicaState.parse(JSON.parse(content));
  } catch (error) {
    throw new Error(`the replica's file ${path} cannot be understood: ${(error as Error).message}`);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeThrough(path: string, content: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A rename is on disk when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
