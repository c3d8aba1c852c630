import { cutForeignText } from '../loop/estimate-tokens';
import type { FactsRung, TextPart } from '../loop/facts';
import { checksThat } from './check-names';
import { type FindingPlaces, findingPlaces } from './finding-places';
import type { ValidationFindings } from './validation-findings';

/** How much one rung of the ladder tells: rows of regions, of missed and of near locations, and others' words. */
interface Rung {
  regions: number;
  missed: number;
  near: number;
  words: number;
  /** tokens of one foreign text: a probe's detail, the evidence of a failed check */
  wordTokens: number;
}

/** Regions go first: those that pass everything are summed up in one line. The last rung always fits. */
const LADDER: readonly Rung[] = [
  { regions: 12, missed: 10, near: 3, words: 4, wordTokens: 150 },
  { regions: 12, missed: 10, near: 3, words: 3, wordTokens: 100 },
  { regions: 10, missed: 10, near: 3, words: 3, wordTokens: 75 },
  { regions: 8, missed: 8, near: 3, words: 3, wordTokens: 60 },
  { regions: 6, missed: 6, near: 3, words: 3, wordTokens: 45 },
  { regions: 5, missed: 5, near: 2, words: 2, wordTokens: 40 },
  { regions: 4, missed: 4, near: 2, words: 2, wordTokens: 30 },
  { regions: 3, missed: 3, near: 1, words: 2, wordTokens: 22 },
  { regions: 2, missed: 2, near: 1, words: 1, wordTokens: 18 },
  { regions: 1, missed: 1, near: 1, words: 1, wordTokens: 12 },
];
/** These three tell themselves, in the region table, the drill line and the latency line. */
const TOLD = new Set(['health', 'failover', 'latency']);

interface RegionRow {
  region: string;
  wanted: number;
  healthy: number;
  sick: string[];
  lagMs: number;
  lagLimitMs: number;
}

/** The facts of a validation, fullest rung first. */
export function validationFacts(input: ValidationFindings): FactsRung[] {
  const places = findingPlaces(input);
  const rows = regionRows(input);
  return LADDER.map((rung) => ({
    rung: `${Math.min(rung.regions, rows.length)} of ${rows.length} regions`,
    parts: [
      { own: `<data>\nverdict ${input.verdict}, ${input.blockers.length} reasons\n${targets(input)}` },
      ...regionParts(rows, rung, places),
      { own: loadLine(input) },
      { own: latencyLine(input, rung, places) },
      { own: drillLines(input, places) },
      ...checkParts(input, rung),
      { own: '</data>' },
    ],
  }));
}

function targets({ sla, recovery }: ValidationFindings): string {
  return `sla p${sla.percentile} ${sla.underMs} ms ${sla.of}, rto ${recovery.rtoSeconds} s, rpo ${recovery.rpoSeconds} s\n`;
}

/** Sick regions first, then those whose lag is nearest to its limit. */
function regionRows({ regions, health, lag }: ValidationFindings): RegionRow[] {
  const rows = regions.map((region): RegionRow => {
    const services = health.filter((one) => one.region === region);
    const [worst] = lag
      .filter((one) => one.region === region)
      .sort((a, b) => b.lagMs / b.thresholdMs - a.lagMs / a.thresholdMs);
    return {
      region,
      wanted: services.reduce((sum, { tasksWanted }) => sum + tasksWanted, 0),
      healthy: services.reduce((sum, { tasksHealthy }) => sum + tasksHealthy, 0),
      sick: services.filter(({ healthy }) => !healthy).map(({ service, detail }) => `${service} ${detail}`),
      lagMs: Math.round(worst?.lagMs ?? 0),
      lagLimitMs: Math.round(worst?.thresholdMs ?? 0),
    };
  });
  const share = ({ lagMs, lagLimitMs }: RegionRow) => (lagLimitMs > 0 ? lagMs / lagLimitMs : 0);
  return rows.sort((a, b) => b.sick.length - a.sick.length || share(b) - share(a));
}

function regionParts(rows: readonly RegionRow[], rung: Rung, places: FindingPlaces): TextPart[] {
  const sick = rows.filter((row) => row.sick.length > 0);
  const shown = rows.slice(0, rung.regions);
  const lines = shown.map(
    (row) =>
      `${places.nameOf(row.region)} ${row.sick.length > 0 ? 'fail' : 'pass'} ${row.healthy}/${row.wanted}${row.lagLimitMs > 0 ? ` ${row.lagMs}/${row.lagLimitMs}` : ''}`,
  );
  const rest = rows.length - shown.length;
  const restSick = sick.length - shown.filter((row) => row.sick.length > 0).length;
  const more = rest > 0 ? `${rest} more regions: ${restSick > 0 ? `${restSick} fail` : 'all pass'}\n` : '';
  return [
    { own: `region health tasks lag/limit ms\n${lines.join('\n')}\n${more}` },
    ...[...byWords(sick)]
      .slice(0, rung.words)
      .flatMap(([words, regions]): TextPart[] => [
        { own: `${regions.slice(0, rung.regions).map(places.nameOf).join(' ')}: ` },
        { foreign: cutForeignText(words, rung.wordTokens) },
        { own: '\n' },
      ]),
  ];
}

/** What is wrong in several regions with the same words is told once. */
function byWords(sick: readonly RegionRow[]): Map<string, string[]> {
  const regions = new Map<string, string[]>();
  for (const row of sick) {
    const words = row.sick.join('; ');
    regions.set(words, [...(regions.get(words) ?? []), row.region]);
  }
  return regions;
}

function loadLine({ load }: ValidationFindings): string {
  return load ? `load ${load.requests} requests, ${load.failed} failed, p95 ${Math.round(load.p95Ms)} ms\n` : '';
}

function latencyLine({ latency, sla }: ValidationFindings, rung: Rung, places: FindingPlaces): string {
  if (latency.length === 0) return 'latency not measured\n';
  const slowestFirst = [...latency].sort((a, b) => b.slaPercentileMs - a.slaPercentileMs);
  const words = (some: typeof latency) =>
    some
      .map(
        ({ location, slaPercentileMs, servedBy }) =>
          `${places.locationName(location)} ${Math.round(slaPercentileMs)} by ${places.nameOf(servedBy)}`,
      )
      .join(', ');
  const missed = slowestFirst.filter(({ withinSla }) => !withinSla);
  const near = slowestFirst.filter(({ withinSla }) => withinSla).slice(0, rung.near);
  const more = missed.length > rung.missed ? `, ${missed.length - rung.missed} more` : '';
  return `latency p${sla.percentile}, ${latency.length} locations: missed ${words(missed.slice(0, rung.missed)) || 'none'}${more}; nearest to the limit ${words(near) || 'none'}\n`;
}

function drillLines({ drill }: ValidationFindings, places: FindingPlaces): string {
  if (!drill) return 'no drill\n';
  const phases = drill.phases.map(({ phase, ms }) => `${phase} ${seconds(ms)}`).join(', ');
  const { acknowledgedWritesLost: lost, acknowledgedWrites: all } = drill;
  return `drill: ${places.nameOf(drill.region)} killed, ${places.nameOf(drill.promoted)} promoted, rto ${seconds(drill.rtoMs)} s (${phases}), lost ${lost} of ${all} writes, rpo ${seconds(drill.rpoMs)} s, ${drill.passed ? 'passed' : 'failed'}\n`;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function checkParts({ checklist }: ValidationFindings, rung: Rung): TextPart[] {
  const failed = checksThat(checklist, 'failed');
  const unmeasured = checksThat(checklist, 'not-measured').map(({ check }) => check);
  return [
    { own: `failed checks: ${failed.map(({ check }) => check).join(' ') || 'none'}\n` },
    { own: unmeasured.length > 0 ? `not measured: ${unmeasured.join(' ')}\n` : '' },
    ...failed
      .filter(({ check, measured }) => !TOLD.has(check) && measured !== '')
      .slice(0, rung.words)
      .flatMap(({ check, measured }): TextPart[] => [
        { own: `${check}: ` },
        { foreign: cutForeignText(measured, rung.wordTokens) },
        { own: '\n' },
      ]),
  ];
}
