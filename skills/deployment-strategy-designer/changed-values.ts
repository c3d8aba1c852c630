import diff from 'microdiff';
import type { ChangedValue } from '../../contracts/stack';

/** More of one resource says nothing to a person. */
const MOST_VALUES = 10;
const LONGEST_TEXT = 120;

type Template = { Resources?: { [name: string]: { Properties?: { [property: string]: unknown } } } };

/**
 * What of each resource differs between two templates, value by value: of an image, which one becomes which. Values that
 * come from parameters or other resources are in no template.
 * @returns by logical id; resources that come or go have none
 */
export function changedValues(before: string, after: string): Map<string, ChangedValue[]> {
  const old = (JSON.parse(before) as Template).Resources ?? {};
  const values = new Map<string, ChangedValue[]>();
  for (const [resource, { Properties = {} }] of Object.entries((JSON.parse(after) as Template).Resources ?? {})) {
    const known = old[resource];
    if (!known) continue;
    const differences = diff(known.Properties ?? {}, Properties).slice(0, MOST_VALUES);
    if (differences.length === 0) continue;
    values.set(
      resource,
      differences.map((difference) => ({
        path: difference.path.join('.'),
        ...('oldValue' in difference && { from: textOf(difference.oldValue) }),
        ...('value' in difference && { to: textOf(difference.value) }),
      })),
    );
  }
  return values;
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}
