import { isUserArea } from '../../catalog/areas';
import { isKnownRegion, regionFact } from '../../catalog/regions';
import type { DeploymentRequest } from '../../contracts/request';
import type { Candidate } from '../../contracts/topology';
import { cutForeignText } from '../loop/estimate-tokens';
import type { FactsRung, TextPart } from '../loop/facts';
import { noteParts } from '../note';
import { type PlaceNames, placeNames } from '../place-names';
import { candidateLines, candidateTable } from './candidate-rows';
import type { ArchitectInput } from './topology-choice';

/** How much one rung of the ladder tells: rows of the region table, candidates, tokens of the requester's note. */
interface Rung {
  regions: number;
  candidates: number;
  noteTokens: number;
  words: number;
}

/** Rows go first, then candidates, then the note: it is what rules cannot read. The last rung always fits. */
const LADDER: readonly Rung[] = [
  { regions: 30, candidates: 6, noteTokens: 400, words: 10 },
  { regions: 14, candidates: 6, noteTokens: 300, words: 10 },
  { regions: 12, candidates: 5, noteTokens: 220, words: 8 },
  { regions: 9, candidates: 5, noteTokens: 220, words: 8 },
  { regions: 8, candidates: 4, noteTokens: 200, words: 6 },
  { regions: 6, candidates: 4, noteTokens: 180, words: 6 },
  { regions: 5, candidates: 3, noteTokens: 150, words: 5 },
  { regions: 3, candidates: 3, noteTokens: 120, words: 4 },
  { regions: 0, candidates: 3, noteTokens: 90, words: 3 },
  { regions: 0, candidates: 2, noteTokens: 60, words: 2 },
  { regions: 0, candidates: 1, noteTokens: 30, words: 1 },
];
/** A name out of a request (an area, a framework, a jurisdiction) may cost this much. */
const NAME_TOKENS = 20;

/** The facts of the topology question, fullest rung first. */
export function topologyFacts({ request, advice }: ArchitectInput): FactsRung[] {
  const names = placeNames([...regionRows(advice.candidates).keys(), ...request.regions.wanted]);
  return LADDER.map((rung) => ({
    rung: rungWords(rung, advice.candidates),
    parts: [
      { own: '<data>\n' },
      ...requestParts(request, advice.singleRegionUsdPerMonth, rung, names),
      {
        own: `\n${regionTable(advice.candidates, rung.regions, names)}${candidateTable(advice.candidates.slice(0, rung.candidates))}`,
      },
      { own: `${candidateLines(advice.candidates.slice(0, rung.candidates), names)}\n</data>` },
    ],
  }));
}

function rungWords({ regions, candidates }: Rung, all: readonly Candidate[]): string {
  const allRegions = regionRows(all).size;
  return `${Math.min(regions, allRegions)} of ${allRegions} regions, ${Math.min(candidates, all.length)} of ${all.length} candidates`;
}

function requestParts(request: DeploymentRequest, singleUsd: number, rung: Rung, names: PlaceNames): TextPart[] {
  const { latency, recovery, budget, regions, compliance } = request;
  const users = [...request.users].sort((a, b) => b.share - a.share);
  const rest = users.slice(rung.words);
  const restShare = rest.reduce((sum, { share }) => sum + share, 0);
  return [
    {
      own: `sla p${latency.percentile} ${latency.underMs} ms ${latency.of}, rto ${recovery.rtoSeconds} s, rpo ${recovery.rpoSeconds} s, budget ${budget.usdPerMonth} usd/month, cheapest single region ${Math.round(singleUsd)}\nusers % `,
    },
    ...users.slice(0, rung.words).flatMap(({ area, share }) => [areaName(area), { own: ` ${share} ` }]),
    { own: `${rest.length > 0 ? `${rest.length} more areas ${Math.round(restShare)}` : ''}\nresidency ` },
    ...list(compliance.residency, rung.words),
    { own: ', compliance ' },
    ...list(compliance.frameworks, rung.words),
    { own: `, ${statefulness(request)}${request.criticality === 'critical' ? ', critical' : ''}\n` },
    { own: wishes(regions.wanted.slice(0, rung.words), 'asked for', names) },
    ...noteParts(request, rung.noteTokens),
  ];
}

function areaName(area: string): TextPart {
  return isUserArea(area) ? { own: area } : name(area);
}

function name(text: string): TextPart {
  return { foreign: cutForeignText(text, NAME_TOKENS) };
}

function list(texts: readonly string[], most: number): TextPart[] {
  if (texts.length === 0) return [{ own: 'none' }];
  const more = texts.length > most ? `and ${texts.length - most} more` : '';
  return [...texts.slice(0, most).flatMap((text) => [name(text), { own: ' ' }]), { own: more }];
}

function statefulness({ dataStores }: DeploymentRequest): string {
  if (dataStores.length === 0) return 'stateless';
  const conflicts = [...new Set(dataStores.map((store) => store.conflicts))];
  return `stateful, conflicts handled by ${conflicts.join(' ')}`;
}

function wishes(regions: readonly string[], title: string, names: PlaceNames): string {
  return regions.length === 0 ? '' : `${title}: ${regions.map(names.nameOf).join(' ')}\n`;
}

interface RegionRow {
  jurisdiction: string;
  zones: number;
  usersPercent: number;
  usdPerMonth: number;
}

/** Every region of any candidate, as the best-ranked candidate that has it describes it. */
function regionRows(candidates: readonly Candidate[]): Map<string, RegionRow> {
  const rows = new Map<string, RegionRow>();
  for (const { regions, cost } of candidates) {
    for (const { region, jurisdiction, zones, usersPercent } of regions) {
      if (rows.has(region)) continue;
      const lines = cost.lines.filter((line) => line.region === region);
      rows.set(region, {
        jurisdiction,
        zones,
        usersPercent,
        usdPerMonth: lines.reduce((sum, line) => sum + line.usdPerMonth, 0),
      });
    }
  }
  return rows;
}

function regionTable(candidates: readonly Candidate[], most: number, names: PlaceNames): string {
  const rows = [...regionRows(candidates)].sort(([, a], [, b]) => b.usersPercent - a.usersPercent);
  if (most === 0) return '';
  const lines = rows.slice(0, most).map(([region, row]) => {
    const zones = row.zones < 3 ? `/${row.zones}zones` : '';
    return `${names.nameOf(region)}${zones} ${jurisdictionOf(region, row)} ${Math.round(row.usersPercent)} ${Math.round(row.usdPerMonth)}`;
  });
  const more = rows.length > most ? [`${rows.length - most} more not listed`] : [];
  return `${['region jurisdiction users% $', ...lines, ...more].join('\n')}\n\n`;
}

function jurisdictionOf(region: string, row: RegionRow): string {
  return isKnownRegion(region) ? regionFact(region).jurisdiction : row.jurisdiction;
}
