import type { Candidate } from '../../contracts/topology';
import type { PlaceNames } from '../place-names';

/** One row per candidate with the numbers that compare them. */
export function candidateTable(candidates: readonly Candidate[]): string {
  const rows = candidates.map(({ id, mode, routing, latency, cost, survivesRegionLoss }) =>
    [
      id,
      mode,
      routing,
      rounded(latency.withinSlaPercent),
      Math.round(latency.modelledMs),
      Math.round(cost.usdPerMonth),
      survivesRegionLoss ? 'yes' : 'no',
    ].join(' '),
  );
  return `${['candidate mode routing users-in-sla% ms $ survives', ...rows].join('\n')}\n`;
}

/** Which regions a candidate has: the first in full, the others as differences to it where that is shorter. */
export function candidateLines(candidates: readonly Candidate[], names: PlaceNames): string {
  const [first] = candidates;
  if (!first) return '';
  return candidates
    .map((candidate) => {
      const full = rolesLine(candidate, names);
      const difference = candidate === first ? full : differenceLine(candidate, first, names);
      return `${candidate.id}: ${difference.length < full.length ? difference : full}${breaks(candidate)}`;
    })
    .join('\n');
}

/** `primary ireland, standby virginia, replica singapore tokyo` */
export function rolesLine({ regions }: Candidate, names: PlaceNames): string {
  const byRole = new Map<string, string[]>();
  for (const { region, role } of regions) byRole.set(role, [...(byRole.get(role) ?? []), names.nameOf(region)]);
  return [...byRole].map(([role, places]) => `${role} ${places.join(' ')}`).join(', ');
}

function differenceLine(candidate: Candidate, first: Candidate, names: PlaceNames): string {
  const words = ({ regions }: Candidate) => regions.map(({ region, role }) => `${role} ${names.nameOf(region)}`);
  const mine = words(candidate);
  const theirs = words(first);
  const added = mine.filter((word) => !theirs.includes(word)).map((word) => `+${word}`);
  const dropped = theirs.filter((word) => !mine.includes(word)).map((word) => `-${word}`);
  return [first.id, ...dropped, ...added].join(' ');
}

/** Only the rule's name: the sentence after it is for people and long. */
function breaks({ violations }: Candidate): string {
  if (violations.length === 0) return '';
  const rules = [...new Set(violations.map((violation) => violation.split(':')[0]?.slice(0, 24) ?? ''))];
  return ` (breaks ${rules.join(', ')})`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
