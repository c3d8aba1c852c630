import { readFileSync } from 'node:fs';

export interface Memory {
  /** resident, megabytes; pages shared by several processes count in each of them */
  rssMb: number;
  /** proportional share, megabytes: these add up; absent where the kernel does not say */
  pssMb?: number;
}

/** Memory of a process, from /proc; `undefined` when it is gone or the system has no /proc. */
export function memoryOf(pid: number): Memory | undefined {
  try {
    const rssMb = kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS') / 1024;
    return { rssMb: round(rssMb), pssMb: pssMb(pid) };
  } catch {
    return undefined;
  }
}

function pssMb(pid: number): number | undefined {
  try {
    return round(kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss') / 1024);
  } catch {
    return undefined;
  }
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
