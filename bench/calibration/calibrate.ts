import { setTimeout as sleep } from 'node:timers/promises';
import type { Model, ModelCall } from '../../agents/models/model';
import type { Fixture } from './fixtures';

/** Three percent of a limit are never reserved, five are charged on instructions: an estimate may not be shorter. */
export const HIGHEST_RATIO = 1.05;
/** Counting has a rate limit of its own. */
const MOST_ATTEMPTS = 4;

/** One prompt as a provider counts it, in tokens. */
export interface CalibrationRow {
  model: string;
  fixture: string;
  estimated: number;
  /** with the schema, as it is sent */
  counted: number;
  /** counted divided by estimated; above 1 the estimate was short */
  ratio: number;
  /** what the schema adds to the input on the provider's side */
  schemaOverhead: number;
}

export interface Calibration {
  rows: CalibrationRow[];
  /** models that could not be asked, with the reason */
  failures: string[];
}

/** Asks every model for its own count of every fixture, one after the other. Costs nothing: counting is free. */
export async function calibrate(models: readonly Model[], fixtures: readonly Fixture[]): Promise<Calibration> {
  const rows: CalibrationRow[] = [];
  const failures: string[] = [];
  for (const model of models) {
    try {
      for (const { name, call } of fixtures) rows.push(await row(model, name, call));
    } catch (error) {
      failures.push(`${model.id} was not counted: ${model.classify(error).message}`);
    }
  }
  return { rows, failures };
}

async function row(model: Model, fixture: string, call: Fixture['call']): Promise<CalibrationRow> {
  const { system, user, schemaId, estimatedTokens: estimated } = call;
  const counted = await count(model, { system, user, schemaId });
  const without = await count(model, { system, user });
  const ratio = Math.round((1_000 * counted) / estimated) / 1_000;
  return { model: model.id, fixture, estimated, counted, ratio, schemaOverhead: counted - without };
}

async function count(model: Model, call: ModelCall): Promise<number> {
  if (!model.countTokens) throw new Error('the provider does not count for this model');
  for (let attempt = 1; ; attempt++) {
    try {
      return await model.countTokens(call);
    } catch (error) {
      const { retryAfterMs } = model.classify(error);
      if (retryAfterMs === undefined || attempt === MOST_ATTEMPTS) throw error;
      await sleep(retryAfterMs);
    }
  }
}

/** One line per model and fixture, the largest ratio last. */
export function calibrationTable({ rows, failures }: Calibration): string {
  const line = (...cells: Array<string | number>) =>
    cells.map((cell, index) => (index < 2 ? `${cell}`.padEnd([18, 38][index] ?? 0) : `${cell}`.padStart(10))).join(' ');
  const largest = Math.max(0, ...rows.map(({ ratio }) => ratio));
  return [
    line('model', 'fixture', 'estimated', 'counted', 'ratio', 'schema'),
    ...rows.map((row) =>
      line(row.model, row.fixture, row.estimated, row.counted, row.ratio.toFixed(3), row.schemaOverhead),
    ),
    ...failures,
    `largest ratio ${largest.toFixed(3)}, allowed is ${HIGHEST_RATIO}`,
    '',
  ].join('\n');
}
