import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckedRequest, readCheckedText } from '../cli/read-checked-request';
import { ClientProblem } from '../client-problem';
import type { RequestFile } from '../request-file';
import { typed } from './slack-text';

/** A name, not a path: no separators, no leading dot. */
const FILE_NAME = /^[a-z0-9][\w-]*(?:\.[\w-]+)*$/i;
const SHOWN_FILES = 20;

/**
 * The request that somebody typed after `/meridian deploy`: YAML or JSON, with or without a code block around it, or
 * the name of a file in the configured folder. Checked like a request of the CLI. Throws a ClientProblem for a name
 * that is not there.
 */
export async function requestFromText(text: string, folder: string | undefined): Promise<RequestFile> {
  const written = withoutFence(typed(text).trim());
  if (!FILE_NAME.test(written)) return readCheckedText(written);
  if (folder === undefined)
    throw new ClientProblem(
      'bad-input',
      `"${written}" looks like the name of a file, and this gateway has no folder of requests`,
      'paste the request itself, or set MERIDIAN_SLACK_REQUESTS for the gateway',
    );
  return readCheckedRequest(await fileIn(folder, written));
}

function withoutFence(text: string): string {
  return /^```(?:ya?ml|json)?\s*\n?([\s\S]*?)```$/.exec(text)?.[1] ?? text;
}

/** A link inside the folder does not lead out of it. */
async function fileIn(folder: string, name: string): Promise<string> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const found = [name, `${name}.yaml`, `${name}.yml`, `${name}.json`].find((candidate) => names.includes(candidate));
  const file = found && join(folder, found);
  if (file && (await realpath(file)) === join(await realpath(folder), found)) return file;
  const known = names.filter((one) => /\.(ya?ml|json)$/.test(one)).sort();
  throw new ClientProblem(
    'bad-input',
    `there is no request "${name}"`,
    known.length === 0 ? 'the folder of requests is empty' : `there are: ${known.slice(0, SHOWN_FILES).join(', ')}`,
  );
}
