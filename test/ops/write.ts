/** One write as whoever sent it saw it. Times are the wall clock of this machine, ms: the databases use the same one. */
export interface Write {
  key: string;
  content: string;
  /** how it was sent, and to which region: `us-east-1 endpoint`, `front door, us-east-1` */
  way: string;
  sentAtMs: number;
  /** its answer was not there before this; earlier than `endedAtMs` where the writer was busy or a link lies between */
  notBeforeMs: number;
  endedAtMs: number;
  outcome: 'acknowledged' | 'not-acknowledged';
  /** the database that acknowledged it, as it says itself; unknown to those who write through the front door */
  by?: { region: string; timeline: number };
}

export function acknowledged(log: readonly Write[]): Write[] {
  return log.filter(({ outcome }) => outcome === 'acknowledged');
}

/** The longest time in which nothing was acknowledged, from one acknowledgement to the next, around a moment. */
export function outageMs(log: readonly Write[], aroundMs: number, windowMs: number): number {
  const times = acknowledged(log)
    .filter(({ endedAtMs }) => Math.abs(endedAtMs - aroundMs) <= windowMs)
    .map(({ endedAtMs }) => endedAtMs)
    .sort((a, b) => a - b);
  let longest = 0;
  for (const [index, at] of times.entries()) longest = Math.max(longest, at - (times[index - 1] ?? at));
  return longest;
}
