import type { DeploymentPlan } from '../../contracts/plan';
import type { PlannedChange } from '../../contracts/stack';
import { formatMs, formatUsd, plural, shortDigest } from '../format';
import type { Colors } from './terminal';

type StackChanges = DeploymentPlan['changes'][number];

/** as long as the longest kind of stack, "connectivity" */
const KIND_WIDTH = 12;
const SYMBOL: Record<PlannedChange['action'], string> = { create: '+', change: '~', delete: '-', replace: '±' };

export interface PlanView {
  /** undefined: not compared with one */
  budgetUsdPerMonth?: number | undefined;
  /** list the resources of new stacks one by one; what changes in existing ones is always listed */
  details?: boolean | undefined;
}

/** The plan as people approve it: changes per region, cost against the budget, findings, what cannot be undone. */
export function renderPlan(plan: DeploymentPlan, view: PlanView, colors: Colors): string {
  return [
    ...header(plan, view, colors),
    ...plan.topology.regions.flatMap(({ region, role, why }) => [
      '',
      `${colors.bold(region)}  ${role}  ${colors.dim(why)}`,
      ...changesOf(plan, region, view, colors),
    ]),
    ...elsewhere(plan, view, colors),
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

function header({ digest, topology }: DeploymentPlan, { budgetUsdPerMonth }: PlanView, colors: Colors): string[] {
  return [
    '',
    `${colors.bold('Plan')} ${shortDigest(digest)}`,
    `  ${topology.mode}, routed by ${topology.routing}, primary ${topology.primary}`,
    `  cost     ${costText(topology.cost.usdPerMonth, budgetUsdPerMonth, colors)}`,
    `  latency  ${formatMs(topology.latency.modelledMs)} at the ${topology.latency.percentile}th percentile (modelled)`,
  ];
}

function costText(usdPerMonth: number, budgetUsdPerMonth: number | undefined, colors: Colors): string {
  if (budgetUsdPerMonth === undefined) return `${formatUsd(usdPerMonth)} a month`;
  const text = `${formatUsd(usdPerMonth)} a month of ${formatUsd(budgetUsdPerMonth)}`;
  return usdPerMonth <= budgetUsdPerMonth ? text : colors.red(`${text}: over budget`);
}

/** The stack of global records lives in one region but serves all: it is listed once, under its own heading. */
function changesOf({ changes }: DeploymentPlan, region: string, view: PlanView, colors: Colors): string[] {
  return changes
    .filter(({ ref }) => ref.region === region && !isGlobal(ref.kind))
    .flatMap((stack) => stackLines(stack, stack.ref.name, view, colors));
}

function elsewhere(plan: DeploymentPlan, view: PlanView, colors: Colors): string[] {
  const known = new Set(plan.topology.regions.map(({ region }) => region));
  const rest = plan.changes.filter(({ ref }) => isGlobal(ref.kind) || !known.has(ref.region));
  if (rest.length === 0) return [];
  return [
    '',
    colors.bold('global'),
    ...rest.flatMap((stack) => stackLines(stack, `${stack.ref.name} in ${stack.ref.region}`, view, colors)),
  ];
}

/** A stack that is new as a whole is one line: what it consists of matters less than what changes in others. */
function stackLines(stack: StackChanges, name: string, { details }: PlanView, colors: Colors): string[] {
  const { ref, changes } = stack;
  const isNew = changes.length > 0 && changes.every(({ action }) => action === 'create');
  if (isNew && !details)
    return [
      colors.green(`  + ${ref.kind.padEnd(KIND_WIDTH)} ${plural(changes.length, 'resource')}  ${colors.dim(name)}`),
    ];
  if (changes.length === 0) return [`    ${ref.kind.padEnd(KIND_WIDTH)} no changes  ${colors.dim(name)}`];
  return [`  ${ref.kind} ${colors.dim(name)}`, ...changes.map((change) => changeLine(change, colors))];
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
