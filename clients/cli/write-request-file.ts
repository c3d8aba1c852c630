import { writeFile } from 'node:fs/promises';
import { ClientProblem } from '../client-problem';
import type { Terminal } from './terminal';

/** Writes a request file; one that is there is replaced only when a person says so. Throws a ClientProblem. */
export async function writeRequestFile(
  path: string,
  text: string,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw notWritten(path, message);
    if (!(await terminal.confirm(`${path} is there already: replace it?`, signal)))
      throw notWritten(path, 'it is there already');
    await writeFile(path, text);
  }
  terminal.err(`wrote ${path}\n`);
}

function notWritten(path: string, why: string): ClientProblem {
  return new ClientProblem(
    'bad-input',
    `${path} was not written: ${why}; nothing was started`,
    'name another file with --out FILE',
  );
}
