import { readFile, stat } from 'node:fs/promises';
import { ClientProblem } from '../client-problem';

const READABLE_BY_OTHERS = 0o007;

/**
 * Reads a file that holds a secret. Throws a ClientProblem when it cannot be read, and when everybody on the machine
 * can: a secret that others may read is none.
 * @param what for the message: "the signing key"
 */
export async function readSecretFile(file: string, what: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & READABLE_BY_OTHERS) !== 0)
      throw new ClientProblem('bad-input', `${what} ${file} is open to everybody on this machine`, `chmod 600 ${file}`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ClientProblem) throw error;
    throw new ClientProblem('bad-input', `${what} ${file} cannot be read: ${(error as Error).message}`);
  }
}
