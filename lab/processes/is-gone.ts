import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where /proc/PID/stat has the number of threads, counted from the state (proc_pid_stat(5), fields 20 and 3). */
const THREADS = 17;

/**
 * Whether a process is gone for good: no such pid, or a zombie that only waits for its parent. A process that is being
 * killed has lost its command line some time before: until this is true its sockets may still be open.
 */
export function isGone(pid: number): boolean {
  const state = process.platform === 'linux' ? stateFromProc(pid) : stateFromPs(pid);
  return state === undefined || state === 'Z' || state === 'X';
}

/**
 * The state follows the program's name, which stands in brackets and may hold anything. A process whose first thread has
 * ended before the others is called a zombie, too: its sockets are open until the last one has.
 */
function stateFromProc(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[THREADS]) > 1 ? 'has threads' : fields[0];
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
