import type { Finding } from '../../contracts/finding';
import { isStateful, needsApprovalBetweenRegions } from '../../policies/rollout-order';
import { bakeRange, mayAsk } from '../../policies/rollout-violations';
import { cutForeignText } from '../loop/estimate-tokens';
import type { FactsRung, TextPart } from '../loop/facts';
import { noteParts } from '../note';
import type { PlaceNames } from '../place-names';
import type { RolloutInput } from './rollout-choice';
import { rolloutNames } from './rollout-guard';

/** How much one rung of the ladder tells: rows of regions and of findings, tokens of the note and of a finding. */
interface Rung {
  regions: number;
  findings: number;
  noteTokens: number;
  findingTokens: number;
}

/** Rows of regions go first: what they leave out is said in one line. The note is what rules cannot read. */
const LADDER: readonly Rung[] = [
  { regions: 30, findings: 14, noteTokens: 1_200, findingTokens: 40 },
  { regions: 16, findings: 14, noteTokens: 900, findingTokens: 40 },
  { regions: 12, findings: 12, noteTokens: 700, findingTokens: 36 },
  { regions: 10, findings: 10, noteTokens: 500, findingTokens: 32 },
  { regions: 8, findings: 8, noteTokens: 350, findingTokens: 28 },
  { regions: 6, findings: 6, noteTokens: 250, findingTokens: 24 },
  { regions: 4, findings: 4, noteTokens: 150, findingTokens: 20 },
  { regions: 2, findings: 2, noteTokens: 60, findingTokens: 16 },
];

/** The facts of the rollout question, fullest rung first. */
export function rolloutFacts(input: RolloutInput): FactsRung[] {
  const names = rolloutNames(input);
  const byRule = groupByRule(input.findings);
  return LADDER.map((rung) => ({
    rung: rungWords(rung, input, byRule.length),
    parts: [
      { own: `<data>\n${headLines(input, names)}` },
      ...noteParts(input.request, rung.noteTokens),
      { own: `\n${regionTable(input, rung.regions, names)}` },
      ...findingParts(byRule, rung),
      { own: '</data>' },
    ],
  }));
}

function rungWords({ regions, findings }: Rung, { topology }: RolloutInput, rules: number): string {
  const all = topology.regions.length;
  const shown = `${Math.min(regions, all)} of ${all} regions`;
  return rules === 0 ? shown : `${shown}, ${Math.min(findings, rules)} of ${rules} kinds of findings`;
}

/** `stateful, critical`: what decides the order. */
export function applicationWords({ request }: RolloutInput): string {
  return `${isStateful(request) ? 'stateful' : 'stateless'}${request.criticality === 'critical' ? ', critical' : ''}`;
}

function headLines(input: RolloutInput, names: PlaceNames): string {
  const { request, topology, rollout } = input;
  const { least, most } = bakeRange(input);
  const approvals = needsApprovalBetweenRegions(request)
    ? 'required before every wave but the first'
    : mayAsk(input)
      ? 'possible'
      : 'not possible';
  const asked = request.rollout.canary ? `, canary asked for: ${names.nameOf(request.rollout.canary)}` : '';
  return [
    `${request.environment}, ${applicationWords(input)}`,
    `topology ${topology.mode}, primary ${names.nameOf(topology.primary)}, routing ${topology.routing}`,
    `bake ${least} to ${most} seconds, approvals ${approvals}${asked}`,
    `rules would take ${names.nameOf(rollout.canary)} as canary, then ${rollout.waves
      .slice(1)
      .flatMap(({ regions }) => regions.map(names.nameOf))
      .join(' ')}\n`,
  ].join('\n');
}

/** In the order of the rules' rollout; the primary is always among the rows. */
function regionTable({ topology, rollout, changes }: RolloutInput, most: number, names: PlaceNames): string {
  const order = rollout.waves.flatMap(({ regions }) => regions);
  const shown = order.length <= most ? order : [...order.slice(0, most - 1), ...order.slice(-1)];
  const rows = shown.flatMap((region) => {
    const { role, usersPercent } = topology.regions.find((one) => one.region === region) ?? {};
    const counted = changes.find((one) => one.region === region);
    if (!role || !counted) return [];
    const usd = topology.cost.lines
      .filter((line) => line.region === region)
      .reduce((sum, line) => sum + line.usdPerMonth, 0);
    const { create, change, replace, isNew } = counted;
    return `${names.nameOf(region)} ${role} ${Math.round(usersPercent ?? 0)} ${Math.round(usd)} ${create} ${change} ${replace} ${isNew ? 'new' : 'live'}`;
  });
  const hidden = order.filter((region) => !shown.includes(region));
  const more = hidden.length > 0 ? `not listed: ${hidden.map(names.nameOf).join(' ')}\n` : '';
  return `region role users% usd add change replace state\n${rows.join('\n')}\n${more}`;
}

interface RuleFindings {
  rule: string;
  severity: Finding['severity'];
  count: number;
  message: string;
}

/** 200 findings are a handful of rules: one row each, the most severe first. */
function groupByRule(findings: readonly Finding[]): RuleFindings[] {
  const byRule = new Map<string, RuleFindings>();
  for (const { rule, severity, message } of findings) {
    const known = byRule.get(rule);
    byRule.set(rule, known ? { ...known, count: known.count + 1 } : { rule, severity, count: 1, message });
  }
  const rank = { high: 0, medium: 1, low: 2 };
  return [...byRule.values()].sort((a, b) => rank[a.severity] - rank[b.severity] || b.count - a.count);
}

/** Messages carry names out of the request: they are counted as foreign text. */
function findingParts(rules: readonly RuleFindings[], { findings: most, findingTokens }: Rung): TextPart[] {
  if (rules.length === 0) return [{ own: 'findings: none\n' }];
  const rows = rules
    .slice(0, most)
    .flatMap(({ rule, severity, count, message }): TextPart[] => [
      { own: `${rule} ${severity} ${count}x ` },
      { foreign: cutForeignText(message, findingTokens) },
      { own: '\n' },
    ]);
  const more = rules.length > most ? [{ own: `${rules.length - most} more kinds, none high\n` }] : [];
  return [{ own: 'findings by rule\n' }, ...rows, ...more];
}
