import type { DeploymentPlan } from '../../contracts/plan';
import type { PlannedChange } from '../../contracts/stack';
import { formatMs, formatUsd, plural, shortDigest } from '../format';
import type { Colors } from './terminal';

const SYMBOL: Record<PlannedChange['action'], string> = { create: '+', change: '~', delete: '-', replace: '±' };

/** The plan as people approve it: changes per region, cost against the budget, findings, what cannot be undone. */
export function renderPlan(plan: DeploymentPlan, budgetUsdPerMonth: number, colors: Colors): string {
  return [
    ...header(plan, budgetUsdPerMonth, colors),
    ...plan.topology.regions.flatMap(({ region, role, why }) => [
      '',
      `${colors.bold(region)}  ${role}  ${colors.dim(why)}`,
      ...changesOf(plan, region, colors),
    ]),
    ...elsewhere(plan, colors),
    '',
    countsLine(plan, colors),
    ...rolloutLines(plan),
    ...replicationLines(plan),
    ...findingLines(plan, colors),
    ...section('Irreversible', plan.irreversible, colors.yellow),
    ...section('How it would be undone', plan.inverse, (line) => line),
    '',
  ].join('\n');
}

function header({ digest, topology }: DeploymentPlan, budget: number, colors: Colors): string[] {
  const { usdPerMonth } = topology.cost;
  const cost = `${formatUsd(usdPerMonth)} a month of ${formatUsd(budget)}`;
  return [
    '',
    `${colors.bold('Plan')} ${shortDigest(digest)}`,
    `  ${topology.mode}, routed by ${topology.routing}, primary ${topology.primary}`,
    `  cost     ${usdPerMonth <= budget ? cost : colors.red(`${cost}: over budget`)}`,
    `  latency  ${formatMs(topology.latency.modelledMs)} at the ${topology.latency.percentile}th percentile (modelled)`,
  ];
}

/** The stack of global records lives in one region but serves all: it is listed once, under its own heading. */
function changesOf(plan: DeploymentPlan, region: string, colors: Colors): string[] {
  return plan.changes
    .filter(({ ref }) => ref.region === region && !isGlobal(ref.kind))
    .flatMap(({ ref, changes }) => [
      `  ${ref.kind} ${colors.dim(ref.name)}`,
      ...changes.map((change) => changeLine(change, colors)),
    ]);
}

function elsewhere(plan: DeploymentPlan, colors: Colors): string[] {
  const known = new Set(plan.topology.regions.map(({ region }) => region));
  const rest = plan.changes.filter(({ ref }) => isGlobal(ref.kind) || !known.has(ref.region));
  if (rest.length === 0) return [];
  return [
    '',
    colors.bold('global'),
    ...rest.flatMap(({ ref, changes }) => [
      `  ${ref.kind} ${colors.dim(`${ref.name} in ${ref.region}`)}`,
      ...changes.map((change) => changeLine(change, colors)),
    ]),
  ];
}

function isGlobal(kind: string): boolean {
  return kind === 'global' || kind === 'preview';
}

function changeLine({ action, resource, type }: PlannedChange, colors: Colors): string {
  const line = `    ${SYMBOL[action]} ${resource} ${colors.dim(type)}`;
  switch (action) {
    case 'create':
      return colors.green(line);
    case 'change':
      return colors.yellow(line);
    case 'delete':
    case 'replace':
      return colors.red(action === 'replace' ? `${line} (replaced)` : line);
  }
}

function countsLine({ changes }: DeploymentPlan, colors: Colors): string {
  const count = (action: PlannedChange['action']) =>
    changes.reduce((sum, stack) => sum + stack.changes.filter((change) => change.action === action).length, 0);
  return colors.bold(
    `Plan: ${count('create')} to add, ${count('change')} to change, ${count('replace')} to replace, ${count('delete')} to destroy`,
  );
}

function rolloutLines({ rollout }: DeploymentPlan): string[] {
  const waves = rollout.waves.map(({ regions, bakeSeconds, approvalBefore }) => {
    const bake = bakeSeconds > 0 ? ` (bake ${formatMs(bakeSeconds * 1_000)})` : '';
    return `${approvalBefore ? 'approval, ' : ''}${regions.join(' + ')}${bake}`;
  });
  return ['', `Rollout: ${waves.join(' → ')}`, `  ${rollout.reason}; on failure: ${rollout.onFailure}`];
}

function replicationLines({ replication: { stores } }: DeploymentPlan): string[] {
  return stores.map(
    ({ store, engine, mode, primary, replicas }) =>
      `Replication: ${store} (${engine}) ${mode.kind}, ${primary} → ${replicas.join(', ') || 'nowhere'}`,
  );
}

function findingLines({ findings }: DeploymentPlan, colors: Colors): string[] {
  if (findings.length === 0) return ['Security: no findings'];
  return [
    `Security: ${plural(findings.length, 'finding')}`,
    ...findings.map(({ rule, severity, where, message }) => {
      const line = `  ${severity}  ${where}: ${message} (${rule})`;
      return severity === 'high' ? colors.red(line) : line;
    }),
  ];
}

function section(title: string, lines: string[], paint: (line: string) => string): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => paint(`  ${line}`))];
}
