import { appendFileSync } from 'node:fs';

/** One run: which fault at which call, how it ended, and every promise that was broken. */
export interface Cell {
  phase: string;
  site: string;
  fault: string;
  outcome: string;
  violations: string[];
}

/** A sample instead of every case. */
export const isShort = process.env.FAULTS === 'short';

/** Writes a cell down for the table; a bad one is also pushed to `bad`. */
export function tell(cell: Cell, bad: Cell[]): void {
  const file = process.env.FAULTS_CELLS;
  if (file) appendFileSync(file, `${JSON.stringify(cell)}\n`);
  if (cell.violations.length > 0) bad.push(cell);
}
