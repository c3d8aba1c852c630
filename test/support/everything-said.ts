import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { dataConverter } from '../../payload-codec';

/** Everything that a server keeps of all workflows, payloads decoded: histories, memos, search attributes, details. */
export async function saidOnServer({ workflow }: Client): Promise<Map<string, string>> {
  const said = new Map<string, string>();
  for await (const { workflowId, runId } of workflow.list()) {
    const handle = workflow.getHandle(workflowId, runId);
    const { raw } = await handle.describe();
    // the summary and the current details that the Web UI shows
    const details = await handle.query('__temporal_workflow_metadata').catch(() => undefined);
    said.set(workflowId, await textOf([await handle.fetchHistory(), raw, JSON.stringify(details)]));
  }
  return said;
}

/** All files below a folder, as text. */
export function saidInFiles(folder: string): Map<string, string> {
  return new Map(filesBelow(folder).map((file) => [file, readFileSync(file, 'latin1')]));
}

async function textOf(value: unknown): Promise<string> {
  if (typeof value !== 'object' || value === null) return String(value);
  if ('data' in value && value.data instanceof Uint8Array) {
    const [plain] = (await dataConverter.payloadCodecs?.[0]?.decode([value as Payload])) ?? [];
    return Buffer.from(plain?.data ?? []).toString('utf8');
  }
  const parts = await Promise.all(Object.values(value).map(textOf));
  return parts.join('\n');
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found) return [];
      return found.isDirectory() ? filesBelow(path) : found.isFile() ? [path] : [];
    });
}
