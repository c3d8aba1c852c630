import { appendFileSync } from 'node:fs';

/** One run: which fault at which call, how it ended, and every promise that was broken. */
export interface Cell {
  phase: string;
  site: string;
  fault: string;
  outcome: string;
  violations: string[];
}

/**
 * How much is run. `calls`: every act wherever it occurs, and every question once per activity that asks it: asked for
 * another stack it takes the same way. `every`: every question, too. `short`: of `calls` one fault each, by turns.
 */
export const form: 'calls' | 'every' | 'short' = chosenForm(process.env.FAULTS);

function chosenForm(wanted = 'calls') {
  if (wanted === 'calls' || wanted === 'every' || wanted === 'short') return wanted;
  throw new Error(`FAULTS: "${wanted}" is none of calls, every, short`);
}

export const isShort = form === 'short';

/** Writes a cell down for the table; a bad one is also pushed to `bad`. */
export function tell(cell: Cell, bad: Cell[]): void {
  const file = process.env.FAULTS_CELLS;
  if (file) appendFileSync(file, `${JSON.stringify(cell)}\n`);
  if (cell.violations.length > 0) bad.push(cell);
}
