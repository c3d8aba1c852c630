import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether a process is gone for good: no such pid, or a zombie that only waits for its parent. A process that is being
 * killed has lost its command line some time before: until this is true its sockets may still be open.
 */
export function isGone(pid: number): boolean {
  const state = process.platform === 'linux' ? stateFromProc(pid) : stateFromPs(pid);
  return state === undefined || state === 'Z' || state === 'X';
}

/** The state follows the program's name, which stands in brackets and may hold anything. */
function stateFromProc(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.charAt(text.lastIndexOf(')') + 2);
  } catch {
    return undefined;
  }
}

function stateFromPs(pid: number): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
        .trim()
        .charAt(0) || undefined
    );
  } catch {
    return undefined;
  }
}
