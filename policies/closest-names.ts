/** Number of single-character changes between two words (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** At most a third of the letters may differ, and at least two may: "did you mean" must not guess wildly. */
function isClose(a: string, b: string): boolean {
  return editDistance(a, b) <= Math.max(2, Math.floor(Math.max(a.length, b.length) / 3));
}

/** The known names that a mistyped one may have meant, closest first, at most `count`; empty when none is close. */
export function closestNames(typed: string, known: readonly string[], count = 3): string[] {
  const word = typed.toLowerCase();
  return known
    .filter((name) => isClose(word, name.toLowerCase()))
    .sort((a, b) => editDistance(word, a.toLowerCase()) - editDistance(word, b.toLowerCase()) || (a < b ? -1 : 1))
    .slice(0, count);
}
