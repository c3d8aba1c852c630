import type { RunResult } from './ops-lab';

interface Row {
  what: string;
  results: RunResult[];
  within: [number, number];
}

/** What was measured, a row each. Figures are of the machine that it ran on, and told, not judged. */
export class Table {
  private readonly rows: Row[] = [];

  add(what: string, results: RunResult[], within: [number, number]): void {
    this.rows.push({ what, results, within });
  }

  print(): void {
    const head = `${'write outage, ms'.padEnd(58)} runs    p50    p95    max   promised     acknowledged  lost`;
    process.stdout.write(`\n${head}\n${this.rows.map(line).join('\n')}\n\n`);
  }
}

function line({ what, results, within: [least, most] }: Row): string {
  const outages = results.map(({ outageMs }) => outageMs).sort((a, b) => a - b);
  const at = (share: number) =>
    String(outages[Math.min(outages.length - 1, Math.ceil(share * outages.length) - 1)] ?? 0);
  const sum = (of: (result: RunResult) => number) => results.reduce((all, result) => all + of(result), 0);
  const promised = `${least} to ${most}`;
  return [
    what.padEnd(58),
    String(results.length).padStart(4),
    ...[at(0.5), at(0.95), at(1)].map((ms) => ms.padStart(6)),
    promised.padStart(14),
    String(sum(({ acknowledged }) => acknowledged)).padStart(13),
    String(sum(({ lost }) => lost)).padStart(5),
  ].join(' ');
}
