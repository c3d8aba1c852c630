import type { RulesVerdict } from '../loop/agent';
import { checksThat } from './check-names';
import type { ValidationExplanation, ValidationFindings } from './validation-findings';

/** What the rules' summary leaves out. */
export const BEYOND_RULES = [
  'what explains several failures together when they are in different regions: one path, one setting, one image',
  'which failure is the cause and which the consequence',
  'which of several remedies is worth its price',
] as const;

/** From this share of its limit on a value that passed is called near. */
const NEAR = 0.9;
/** A phase that takes more than this share of the recovery is what to shorten. */
const DOMINANT = 0.5;
const MOST_NEAR = 3;

/** The measurements in sentences: the worst of each kind, and what the failures have in common. */
export function validationByRules(input: ValidationFindings): RulesVerdict<ValidationExplanation> {
  return {
    kind: 'chosen',
    choice: { cause: cause(input), marginal: marginal(input), next: [], summary: summary(input) },
  };
}

function summary(input: ValidationFindings): string {
  const measured = [healthWords(input), latencyWords(input), drillWords(input), lagWords(input)]
    .filter((words) => words !== '')
    .join('; ');
  const [first, ...others] = input.blockers;
  if (first === undefined) return measured;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `${input.blockers.length === 1 ? 'one reason' : `${input.blockers.length} reasons`}: ${first}${more}; ${measured}`;
}

function healthWords({ health }: ValidationFindings): string {
  if (health.length === 0) return 'no service was seen';
  const regions = new Set(health.map(({ region }) => region)).size;
  return `${health.filter(({ healthy }) => healthy).length} of ${health.length} services healthy in ${regions} regions`;
}

function latencyWords({ latency, sla }: ValidationFindings): string {
  const [slowest] = [...latency].sort((a, b) => b.slaPercentileMs - a.slaPercentileMs);
  if (!slowest) return 'latency was not measured';
  return `p${sla.percentile} at most ${Math.round(slowest.slaPercentileMs)} of ${sla.underMs} ms (${slowest.location} from ${slowest.servedBy})`;
}

function drillWords({ drill }: ValidationFindings): string {
  if (!drill) return '';
  return `losing ${drill.region} was recovered in ${seconds(drill.rtoMs)} of ${seconds(drill.rtoTargetMs)} s with ${drill.acknowledgedWritesLost} acknowledged writes lost`;
}

function lagWords({ lag }: ValidationFindings): string {
  const [worst] = [...lag].sort((a, b) => b.lagMs - a.lagMs);
  return worst
    ? `lag at most ${Math.round(worst.lagMs)} of ${worst.thresholdMs} ms (${worst.store} in ${worst.region})`
    : '';
}

/** Where the failures are, counted by region; then the phase that decides the recovery; else that nothing is shared. */
function cause(input: ValidationFindings): string {
  const phase = dominantPhase(input);
  if (input.blockers.length === 0) return ['nothing failed', phase].filter((words) => words !== '').join('; ');
  const where = failingRegions(input);
  const [top] = [...where].sort(([, a], [, b]) => b.length - a.length);
  const total = [...where.values()].flat().length;
  const shared = top && total > 1 && top[1].length > total / 2;
  const region = shared
    ? `${top[1].length} of ${total} failures have ${top[0]} in common: ${top[1].join(', ')}`
    : total > 1
      ? 'no region is common to most of the failures'
      : '';
  const others = checksThat(input.checklist, 'failed').map(({ check }) => check);
  return (
    [region, phase, others.length > 0 ? `failed checks: ${others.join(', ')}` : '']
      .filter((words) => words !== '')
      .join('; ') || input.blockers.join('; ')
  );
}

function failingRegions({ health, latency, drill, lag }: ValidationFindings): Map<string, string[]> {
  const where = new Map<string, string[]>();
  const note = (region: string, what: string) => where.set(region, [...(where.get(region) ?? []), what]);
  for (const { region, service, healthy } of health) if (!healthy) note(region, `${service} unhealthy`);
  for (const { servedBy, location, withinSla } of latency) if (!withinSla) note(servedBy, `${location} too slow`);
  for (const { region, store, lagMs, thresholdMs } of lag) if (lagMs > thresholdMs) note(region, `${store} lagging`);
  if (drill && !drill.passed) note(drill.region, 'its loss was not recovered as asked');
  return where;
}

function dominantPhase({ drill }: ValidationFindings): string {
  const [slowest] = [...(drill?.phases ?? [])].sort((a, b) => b.ms - a.ms);
  if (!drill || !slowest || slowest.ms < DOMINANT * drill.rtoMs) return '';
  return `${slowest.phase} takes ${seconds(slowest.ms)} of the ${seconds(drill.rtoMs)} s of recovery`;
}

function marginal({ latency, sla, drill, lag }: ValidationFindings): string[] {
  const candidates = [
    ...latency.map(({ location, slaPercentileMs }) => near(`${location} latency`, slaPercentileMs, sla.underMs, 'ms')),
    ...lag.map(({ region, store, lagMs, thresholdMs }) => near(`${region} lag of ${store}`, lagMs, thresholdMs, 'ms')),
    ...(drill ? [near(`${drill.region} rto`, drill.rtoMs / 1_000, drill.rtoTargetMs / 1_000, 's')] : []),
  ];
  return candidates
    .flatMap((candidate) => candidate ?? [])
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_NEAR)
    .map(({ words }) => words);
}

function near(what: string, value: number, limit: number, unit: string): { share: number; words: string } | undefined {
  const share = limit > 0 ? value / limit : 0;
  if (share < NEAR || share > 1) return undefined;
  return { share, words: `${what}: ${Math.round(value * 10) / 10} of ${limit} ${unit}` };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
