import { z } from 'zod';

type Shape = Record<string, z.ZodType>;

/**
 * Merges a repair answer (lines `field: value`) into the refused one. Only the fields that were asked for are taken;
 * a list takes every line of its field, anything else the last one.
 */
export function mergeRepairLines(
  text: string,
  answer: Readonly<Record<string, unknown>>,
  fields: readonly string[],
  shape: Shape,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...answer };
  for (const field of fields) {
    const values = valuesOf(field, text);
    const schema = shape[field];
    if (schema === undefined || values.length === 0) continue;
    merged[field] = readValues(values, schema);
  }
  return merged;
}

function valuesOf(field: string, text: string): string[] {
  return text
    .split('\n')
    .map((line) => /^([A-Za-z]+)\s*:\s*(.*)$/.exec(line.trim()))
    .filter((match) => match?.[1]?.toLowerCase() === field.toLowerCase())
    .map((match) => match?.[2] ?? '');
}

function readValues(values: string[], schema: z.ZodType): unknown {
  const last = values.at(-1) ?? '';
  if (schema instanceof z.ZodArray) return values.filter((value) => value !== '');
  if (schema instanceof z.ZodBoolean) return last === 'true' || last === 'yes';
  if (schema instanceof z.ZodNumber) return Number(last);
  return last;
}
