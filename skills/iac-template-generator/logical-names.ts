/** `eu-west-1` → `EuWest1`: logical ids take letters and digits only. */
export function pascalCase(name: string): string {
  return name
    .split('-')
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/**
 * Logical names for a list of names, all different: dashes carry meaning in names but not in logical ids (`a-1` and
 * `a1`), so a second claimant gets a number. Depends on the order of the names only.
 */
export function logicalNames(names: string[]): (name: string) => string {
  const byName = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const wanted = pascalCase(name);
    let free = wanted;
    for (let n = 2; taken.has(free); n += 1) free = `${wanted}X${n}`;
    taken.add(free);
    byName.set(name, free);
  }
  return (name) => byName.get(name) ?? pascalCase(name);
}
