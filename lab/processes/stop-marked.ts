import { markedProcesses } from './marked-processes';

/** Makes every process with the marker stand still (SIGSTOP), as a machine does that is paused. Looks until all do. */
export function stopMarked(marker: string): void {
  const stopped = new Set<number>();
  for (;;) {
    const fresh = markedProcesses(marker).filter((pid) => !stopped.has(pid));
    if (fresh.length === 0) return;
    for (const pid of fresh) {
      signal(pid, 'SIGSTOP');
      stopped.add(pid);
    }
  }
}

/** Lets them go on, as if nothing had been. */
export function continueMarked(marker: string): void {
  for (const pid of markedProcesses(marker)) signal(pid, 'SIGCONT');
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone meanwhile
  }
}
