import type { RegionRole } from '../../contracts/region';
import { regionRoleSchema } from '../../contracts/region';
import type { Candidate } from '../../contracts/topology';
import { topologyViolations } from '../../policies/topology-violations';
import { unfitAdvice } from '../advice-words';
import type { Guarded } from '../loop/agent';
import { LONGEST_WHY, LONGEST_WORDS, quoted, said } from '../loop/said';
import { type PlaceNames, placeNames } from '../place-names';
import type { TopologyAnswer } from './answer-schema';
import { rolesLine } from './candidate-rows';
import type { ArchitectInput, TopologyChoice } from './topology-choice';

const MOST_NOTES = 3;

/** `role place place: why`, read. */
interface Group {
  role: RegionRole;
  regions: string[];
  why: string;
}

/**
 * Holds a model's answer against the advisor's candidates and against every policy. Accepted is only what the advisor
 * calculated: a combination of regions, roles, mode and routing that is one of the candidates and breaks nothing.
 */
export function guardTopology(answer: TopologyAnswer, input: ArchitectInput): Guarded<TopologyChoice> {
  const names = candidateNames(input);
  const problems = unknownNames(answer, input, names);
  if (problems.length > 0) return { kind: 'refused', fields: ['base', 'groups'], violations: problems };

  const base = candidateById(answer.base, input);
  if (!base) {
    const valid = input.advice.candidates.map(({ id }) => id).join(', ');
    return {
      kind: 'refused',
      fields: ['base'],
      violations: [`base: "${quoted(answer.base)}" is no candidate; valid are ${valid}`],
    };
  }
  const groups = readGroups(answer.groups, names);
  const candidate = matchingCandidate(answer, groups, base, input);
  if (!candidate) return notACandidate(answer, groups, base, names);

  const { request, advice } = input;
  const violations = [...new Set([...candidate.violations, ...topologyViolations(candidate, request, advice)])];
  if (violations.length > 0) {
    return { kind: 'refused', fields: ['base', 'mode', 'groups', 'routing'], violations };
  }
  const unfit = unfitAdvice('weigh', [answer.weigh, ...answer.groups, ...answer.notes]);
  if (unfit) return { kind: 'refused', fields: ['weigh', 'groups', 'notes'], violations: [unfit] };
  return { kind: 'accepted', choice: choiceOf(answer, groups, candidate) };
}

/** Names for every region that a candidate has. */
export function candidateNames({ advice }: ArchitectInput): PlaceNames {
  return placeNames(advice.candidates.flatMap(({ regions }) => regions.map(({ region }) => region)));
}

function candidateById(id: string, { advice }: ArchitectInput): Candidate | undefined {
  return advice.candidates.find((candidate) => candidate.id === id.trim().toLowerCase());
}

/** One sentence per word of `groups` that is no role or no region that may be used. */
function unknownNames({ groups }: TopologyAnswer, { request, advice }: ArchitectInput, names: PlaceNames): string[] {
  const usable = new Set(advice.candidates.flatMap(({ regions }) => regions.map(({ region }) => region)));
  const sentences = groups.flatMap((group) => {
    const { role, places } = splitGroup(group);
    const wrongRole = regionRoleSchema.safeParse(role).success
      ? []
      : [`groups: "${quoted(role)}" is no role; valid are ${regionRoleSchema.options.join(', ')}`];
    return [...wrongRole, ...places.flatMap((place) => placeProblem(place) ?? [])];
  });
  return [...new Set(sentences)].slice(0, 4);

  function placeProblem(place: string): string | undefined {
    const region = names.regionOf(place);
    if (!region) return `groups: "${quoted(place)}" is no region of the catalog`;
    if (usable.has(region)) return undefined;
    const why = request.regions.excluded.includes(region)
      ? 'the request excludes it'
      : (advice.rejected.find((rejected) => rejected.region === region)?.why ?? 'no candidate has it');
    return `groups: ${names.nameOf(region)} (${region}) may not be used: ${why}`;
  }
}

function splitGroup(group: string): { role: string; places: string[]; why: string } {
  const [head = '', ...rest] = group.split(':');
  const [role = '', ...places] = head
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '' && word !== 'and');
  return { role, places, why: rest.join(':').trim() };
}

function readGroups(groups: readonly string[], names: PlaceNames): Group[] {
  return groups.map((group) => {
    const { role, places, why } = splitGroup(group);
    return {
      role: regionRoleSchema.parse(role),
      regions: places.flatMap((place) => names.regionOf(place) ?? []),
      why: said(why, LONGEST_WHY),
    };
  });
}

/** The candidate that the answer describes. Without groups the base speaks for itself; otherwise the groups do. */
function matchingCandidate(
  { mode, routing }: TopologyAnswer,
  groups: readonly Group[],
  base: Candidate,
  { advice }: ArchitectInput,
): Candidate | undefined {
  const wanted = groups.length === 0 ? roleKey(base.regions) : roleKey(groups.flatMap(flatGroup));
  return [base, ...advice.candidates].find(
    (candidate) => candidate.mode === mode && candidate.routing === routing && roleKey(candidate.regions) === wanted,
  );
}

function flatGroup({ role, regions }: Group): Array<{ region: string; role: RegionRole }> {
  return regions.map((region) => ({ region, role }));
}

function roleKey(regions: ReadonlyArray<{ region: string; role: RegionRole }>): string {
  return regions
    .map(({ region, role }) => `${region}=${role}`)
    .sort()
    .join(' ');
}

function notACandidate(
  { mode, routing }: TopologyAnswer,
  groups: readonly Group[],
  base: Candidate,
  names: PlaceNames,
): Guarded<TopologyChoice> {
  const asked = groups.map(({ role, regions }) => `${role} ${regions.map(names.nameOf).join(' ')}`).join(', ');
  const valid = `${base.id} is ${base.mode}, routing ${base.routing}, ${rolesLine(base, names)}`;
  const violation = `no candidate is ${mode}, routing ${routing}${asked ? `, ${asked}` : ''}; ${valid}`;
  return { kind: 'refused', fields: ['base', 'mode', 'groups', 'routing'], violations: [violation] };
}

function choiceOf(answer: TopologyAnswer, groups: readonly Group[], candidate: Candidate): TopologyChoice {
  const whys = groups
    .filter(({ why }) => why !== '')
    .map(({ role, regions, why }) => `${role} ${regions.join(' ')}: ${why}`);
  const edge = answer.edge ? ['proposal: edge locations, the regions alone do not reach every user in time'] : [];
  const notes = answer.notes.slice(0, MOST_NOTES).map((text) => said(text, LONGEST_WHY));
  return {
    candidate,
    reason: [said(answer.weigh, LONGEST_WORDS), ...whys].join('; '),
    alternatives: [...notes, ...edge],
  };
}
