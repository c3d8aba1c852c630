import { z } from 'zod';

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);

/** What one value of a judgement must be. */
export const expectationSchema = z
  .strictObject({
    is: scalarSchema.optional(),
    not: scalarSchema.optional(),
    oneOf: z.array(scalarSchema).min(1).optional(),
    has: z.string().optional().describe('of a list'),
    lacks: z.string().optional().describe('of a list'),
    matches: z.string().optional().describe('a regular expression, upper and lower case alike'),
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
  })
  .refine((expectation) => Object.keys(expectation).length > 0, 'expects nothing');
export type Expectation = z.infer<typeof expectationSchema>;

/** A judgement as a flat table, so that one kind of expectation fits all agents. */
export type View = Record<string, string | number | boolean | readonly string[]>;

/** What a judgement does not do as expected, one sentence each. Throws a RangeError for a value that no view has. */
export function unmet(view: View, expected: Readonly<Record<string, Expectation>>): string[] {
  return Object.entries(expected).flatMap(([name, expectation]) => {
    const value = view[name];
    if (value === undefined)
      throw new RangeError(`expect.${name}: there is no such value; valid are ${Object.keys(view).join(', ')}`);
    const broken = Object.entries(expectation).filter(([operator, wanted]) => !holds(operator, value, wanted));
    return broken.map(([operator, wanted]) => `${name} is ${shown(value)}, expected ${operator} ${shown(wanted)}`);
  });
}

function holds(operator: string, value: View[string], wanted: unknown): boolean {
  switch (operator as keyof Expectation) {
    case 'is':
      return value === wanted;
    case 'not':
      return value !== wanted;
    case 'oneOf':
      return (wanted as unknown[]).includes(value);
    case 'has':
      return Array.isArray(value) && value.includes(wanted);
    case 'lacks':
      return Array.isArray(value) && !value.includes(wanted);
    case 'matches':
      return new RegExp(String(wanted), 'i').test(String(value));
    case 'atLeast':
      return Number(value) >= Number(wanted);
    case 'atMost':
      return Number(value) <= Number(wanted);
  }
}

function shown(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}
