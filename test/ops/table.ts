import type { RunResult } from './run';

interface Row {
  what: string;
  results: RunResult[];
  within: [number, number];
}

/**
 * What was measured, a row each. Figures are of the machine that it ran on: told, not judged. A row whose p95 is longer
 * than is promised ends with `beyond`; below one whose moments were random stands what its longest outage came of.
 */
export class Table {
  private readonly rows: Row[] = [];

  add(what: string, results: RunResult[], within: [number, number]): void {
    this.rows.push({ what, results, within });
  }

  print(...notes: string[]): void {
    const head = `${'write outage, ms'.padEnd(66)} runs    p50    p95    max       promised  acknowledged  lost  moved`;
    process.stdout.write(
      `\n${[head, ...this.rows.flatMap((row) => [line(row), ...longest(row)]), ...notes].join('\n')}\n\n`,
    );
  }
}

export function longest({ results }: Pick<Row, 'results'>): string[] {
  const [slowest] = [...results].sort((a, b) => b.outageMs - a.outageMs);
  return slowest?.told ? [`  the longest: ${slowest.told}`] : [];
}

/** One row in words. */
export function line({ what, results, within: [least, most] }: Row): string {
  const outages = results.map(({ outageMs }) => outageMs).sort((a, b) => a - b);
  const at = (share: number) => outages[Math.min(outages.length - 1, Math.ceil(share * outages.length) - 1)] ?? 0;
  const sum = (of: (result: RunResult) => number) => results.reduce((all, result) => all + of(result), 0);
  return [
    what.padEnd(66),
    String(results.length).padStart(4),
    ...[at(0.5), at(0.95), at(1)].map((ms) => String(ms).padStart(6)),
    `${least} to ${most}`.padStart(14),
    String(sum(({ acknowledged }) => acknowledged)).padStart(13),
    String(sum(({ lost }) => lost)).padStart(5),
    String(sum(({ moved }) => Number(moved))).padStart(6),
    ...(at(0.95) > most ? [' beyond'] : []),
  ].join(' ');
}
