import type { UserArea } from './areas';
import type { Coordinates } from './distance';
import type { FactOrigin } from './fact';
import grid from './population.json';

/** Some of the users: where they are, under whose law, and how many of all the users they are (all cells sum to 1). */
export interface UserCell extends Coordinates {
  area: string;
  jurisdiction: string;
  weight: number;
}

/** People are not internet users: where few are online, their areas weigh too much inside `worldwide`. */
export const POPULATION_ORIGIN: FactOrigin = { source: grid.source, asOf: grid.asOf, basis: 'estimated' };

interface GridCell extends Coordinates {
  area: string;
  jurisdiction: string;
  people: number;
}

const CELLS: readonly GridCell[] = grid.cells.map((row) => {
  const [area, jurisdiction, lat, lon, people] = row as [string, string, number, number, number];
  return { area, jurisdiction, lat, lon, people };
});

function isIn(cell: GridCell, area: UserArea): boolean {
  if (area === 'worldwide') return true;
  if (area === 'european-union') return cell.area === 'europe' && cell.jurisdiction === 'eu';
  return cell.area === area;
}

/**
 * The users of a request as weighted points: the share of each area, spread over it as its people are. Shares are
 * taken relative to their sum. Areas must be known (`isUserArea`); overlapping areas simply add up.
 */
export function userCells(users: ReadonlyArray<{ area: string; share: number }>): UserCell[] {
  const total = users.reduce((sum, { share }) => sum + share, 0);
  const weights = new Map<GridCell, number>();
  for (const { area, share } of users) {
    const cells = CELLS.filter((cell) => isIn(cell, area as UserArea));
    const people = cells.reduce((sum, cell) => sum + cell.people, 0);
    for (const cell of cells) {
      weights.set(cell, (weights.get(cell) ?? 0) + (share / total) * (cell.people / people));
    }
  }
  return [...weights].map(([{ area, jurisdiction, lat, lon }, weight]) => ({ area, jurisdiction, lat, lon, weight }));
}
