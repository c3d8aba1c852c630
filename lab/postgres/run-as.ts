import { spawn } from 'node:child_process';
import type { DatabaseOwner } from './binaries';

/** Runs a program of PostgreSQL to its end as the database owner. Throws with what it said when it fails. */
export function runAs(
  owner: DatabaseOwner | undefined,
  command: string,
  args: string[],
  folder: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...owner,
      cwd: folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}: ${said.trim().slice(-500)}`));
    });
  });
}
