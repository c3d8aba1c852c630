import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Every process of the lab carries a marker in its command line, for example `mlab-3fa9c1/2/orders-db/`; PostgreSQL
 * repeats it in the title of each backend (`cluster_name`). Process groups would not do: every PostgreSQL backend
 * makes itself a group leader, so that a kill of the postmaster's group leaves busy backends running.
 *
 * Returns the pids of the living processes (zombies have no command line) whose command line holds the marker.
 */
export function markedProcesses(marker: string): number[] {
  const commands = process.platform === 'linux' ? commandLinesFromProc() : commandLinesFromPs();
  return commands.filter(({ pid, command }) => pid !== process.pid && command.includes(marker)).map(({ pid }) => pid);
}

interface CommandLine {
  pid: number;
  command: string;
}

function commandLinesFromProc(): CommandLine[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((name) => ({ pid: Number(name), command: readOrEmpty(`/proc/${name}/cmdline`) }));
}

function commandLinesFromPs(): CommandLine[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line);
    return match?.[1] && match[2] ? [{ pid: Number(match[1]), command: match[2] }] : [];
  });
}

/** A process may end between being listed and being read: then it has no command line. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
