import type { Wave } from '../../contracts/rollout';
import { isStateful, needsApprovalBetweenRegions } from '../../policies/rollout-order';
import { quoted } from '../loop/said';
import type { PlaceNames } from '../place-names';
import type { RolloutInput } from './rollout-choice';

/** Words by which a model means every region that it did not name. */
const REST = new Set(['rest', 'others', 'remaining']);
const FILLERS = new Set(['', 'the', 'and', 'then', 'all']);

interface WaveLine {
  places: string[];
  parallel: number;
  bakeSeconds: number;
  approve: boolean;
  why: string;
}

/** What the lines say, or one sentence per line that says nothing readable. */
export type WaveReading = { waves: Wave[]; whys: string[] } | { problems: string[] };

/**
 * Reads lines `places | parallel n | bake seconds | approve or auto: why`. Where regions must go one by one, a line of
 * several places is that many waves; "rest" stands for the regions that no line names, in the order of the rules.
 */
export function readWaves(lines: readonly string[], input: RolloutInput, names: PlaceNames): WaveReading {
  const read = lines.map(readLine);
  const problems = read.flatMap((line, index) => lineProblems(line, lines[index] ?? '', names));
  if (problems.length > 0) return { problems };
  const parsed = read as WaveLine[];
  const named = new Set(parsed.flatMap(({ places }) => places.flatMap((place) => names.regionOf(place) ?? [])));
  const order = input.rollout.waves.flatMap(({ regions }) => regions);
  const rest = order.filter((region) => !named.has(region));
  const waves = parsed.flatMap((line) => {
    const regions = line.places.flatMap((place) => (REST.has(place) ? rest : (names.regionOf(place) ?? [])));
    return wavesOf(line, regions, input);
  });
  return {
    waves,
    whys: parsed.filter(({ why }) => why !== '').map(({ places, why }) => `${places.join(' ')}: ${why}`),
  };
}

function wavesOf(line: WaveLine, regions: string[], { request }: RolloutInput): Wave[] {
  if (regions.length === 0) return [];
  const oneByOne = isStateful(request) || needsApprovalBetweenRegions(request);
  const { bakeSeconds, approve: approvalBefore } = line;
  // Several places that go "parallel 1" are one after the other; asked for at once they stay together, to be refused.
  if (oneByOne && line.parallel === 1)
    return regions.map((region) => ({ regions: [region], concurrency: 1, bakeSeconds, approvalBefore }));
  return [{ regions, concurrency: Math.min(line.parallel, regions.length), bakeSeconds, approvalBefore }];
}

function readLine(line: string): WaveLine | undefined {
  const [where = '', ...parts] = line.toLowerCase().split('|');
  const last = parts.at(-1) ?? '';
  const [gate = '', ...why] = last.split(':');
  const numbers = parts.slice(0, -1).join(' | ');
  const parallel = numberAfter('parallel', numbers);
  const bakeSeconds = numberAfter('bake', numbers);
  if (parallel === undefined || bakeSeconds === undefined || !/^\s*(approve|auto)\s*$/.test(gate)) return undefined;
  const places = where.split(/[\s,+]+/).filter((word) => !FILLERS.has(word));
  return { places, parallel, bakeSeconds, approve: gate.trim() === 'approve', why: why.join(':').trim() };
}

/** A number without a unit, or in seconds: what is said in minutes is not read as seconds. */
function numberAfter(word: string, text: string): number | undefined {
  const [, digits, unit = ''] = new RegExp(`\\b${word}\\s+(\\d{1,6})(?!\\d)\\s*([a-z]*)`).exec(text) ?? [];
  return digits === undefined || !/^(s|sec|seconds?|bake)?$/.test(unit) ? undefined : Number(digits);
}

function lineProblems(line: WaveLine | undefined, text: string, names: PlaceNames): string[] {
  if (!line || line.places.length === 0 || line.parallel === 0)
    return [`waves: "${quoted(text)}" is not "places | parallel n | bake seconds | approve or auto: why"`];
  return line.places
    .filter((place) => !REST.has(place) && names.regionOf(place) === undefined)
    .map((place) => `waves: "${quoted(place)}" is no region of the catalog`);
}
