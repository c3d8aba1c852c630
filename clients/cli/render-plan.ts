import type { DeploymentPlan } from '../../contracts/plan';
import type { PlannedChange, StackArtifact, StackKind } from '../../contracts/stack';
import { nothingToDo } from '../../policies/nothing-to-do';
import { replicationWords } from '../../policies/replication-words';
import { formatMs, plural, shortDigest } from '../format';
import {
  addedRegions,
  broadened,
  CHANGE_SYMBOL,
  changeWords,
  costWords,
  countWords,
  dangers,
  rolloutWords,
  valueWords,
} from '../plan-words';
import type { Colors } from './terminal';

type StackChanges = DeploymentPlan['changes'][number];

/** as long as the longest kind of stack, "connectivity" */
const KIND_WIDTH = 12;

export interface PlanView {
  /** undefined: not compared with one */
  budgetUsdPerMonth?: number | undefined;
  /** list the resources of new stacks one by one; what changes in existing ones is always listed */
  details?: boolean | undefined;
}

/**
 * The plan as people approve it: what is lost first, then changes per region, cost against the budget, what becomes
 * wider, findings, what cannot be undone.
 */
export function renderPlan(plan: DeploymentPlan, view: PlanView, colors: Colors): string {
  const added = addedRegions(plan);
  return [
    ...header(plan, view, colors),
    ...dangers(plan).map((line) => colors.bold(colors.red(`  DANGER   ${line}`))),
    ...plan.topology.regions.flatMap(({ region, role, why }) => [
      '',
      `${colors.bold(region)}  ${role}  ${added.includes(region) ? `${colors.green('new')}  ` : ''}${colors.dim(why)}`,
      ...changesOf(plan, region, view, colors),
    ]),
    ...elsewhere(plan, view, colors),
    ...plan.removals.flatMap((removal) => removalLines(removal, colors)),
    ...danglingLines(plan, colors),
    '',
    colors.bold(nothingToDo(plan) ? 'Nothing to do: what is live is what the request asks for' : countWords(plan)),
    ...(nothingToDo(plan) ? [] : rolloutLines(plan)),
    ...replicationSection(plan),
    ...section('Becomes wider', broadened(plan), colors.yellow),
    ...findingLines(plan, colors),
    ...section('Irreversible', plan.irreversible, colors.yellow),
    ...(nothingToDo(plan) ? [] : section('How it would be undone', plan.inverse, (line) => line)),
    '',
  ].join('\n');
}

function header(plan: DeploymentPlan, { budgetUsdPerMonth }: PlanView, colors: Colors): string[] {
  const { digest, topology } = plan;
  const cost = costWords(plan, budgetUsdPerMonth);
  const isOver = budgetUsdPerMonth !== undefined && topology.cost.usdPerMonth > budgetUsdPerMonth;
  return [
    '',
    `${colors.bold('Plan')} ${shortDigest(digest)}`,
    `  ${topology.mode}, routed by ${topology.routing}, primary ${topology.primary}`,
    `  cost     ${isOver ? colors.red(`${cost}: over budget`) : cost}`,
    `  latency  ${formatMs(topology.latency.modelledMs)} at the ${topology.latency.percentile}th percentile (modelled)`,
  ];
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
  const { ref, before, changes } = stack;
  if (before === 'absent' && !details)
    return [colors.green(stackLine('+', ref.kind, plural(changes.length, 'resource'), colors.dim(name)))];
  if (changes.length === 0) return [stackLine(' ', ref.kind, 'no changes', colors.dim(name))];
  return [
    `  ${before === 'absent' ? '+' : '~'} ${ref.kind} ${colors.dim(name)}`,
    ...changes.map((change) => changeLine(change, colors)),
  ];
}

function stackLine(symbol: string, kind: StackKind, what: string, name: string): string {
  return `  ${symbol} ${kind.padEnd(KIND_WIDTH)} ${what}  ${name}`;
}

function isGlobal(kind: StackKind): boolean {
  return kind === 'global' || kind === 'preview';
}

function changeLine(change: PlannedChange, colors: Colors): string {
  const { action, resource, type } = change;
  const words = changeWords(change);
  const head = `      ${CHANGE_SYMBOL[action]} ${resource} ${colors.dim(type)}${words ? `  ${words}` : ''}`;
  const line = [head, ...valueWords(change).map((value) => `          ${value}`)].join('\n');
  switch (action) {
    case 'create':
      return colors.green(line);
    case 'change':
      return colors.yellow(line);
    case 'delete':
    case 'replace':
      return colors.red(line);
  }
}

function removalLines({ region, stacks }: DeploymentPlan['removals'][number], colors: Colors): string[] {
  const head = `${colors.bold(region)}  ${colors.red('leaves')}  ${colors.dim('drained first, destroyed last')}`;
  return ['', head, ...stacks.map((stack) => destroyedLine(stack, colors))];
}

function danglingLines({ dangling }: DeploymentPlan, colors: Colors): string[] {
  return dangling.flatMap((stack) => [
    '',
    `${colors.bold(stack.ref.region)}  ${colors.dim('nothing needs this any more: destroyed last')}`,
    destroyedLine(stack, colors),
  ]);
}

function destroyedLine({ ref, resources }: StackArtifact, colors: Colors): string {
  return colors.red(stackLine('-', ref.kind, plural(resources, 'resource'), colors.dim(ref.name)));
}

function rolloutLines({ rollout }: DeploymentPlan): string[] {
  return ['', `Rollout: ${rolloutWords(rollout)}`, `  ${rollout.reason}; on failure: ${rollout.onFailure}`];
}

function replicationSection({ replication: { stores } }: DeploymentPlan): string[] {
  return stores.flatMap((plan) => [
    `Replication: ${plan.store} (${plan.engine}), ${plan.primary} → ${plan.replicas.join(', ') || 'nowhere'}`,
    ...replicationWords(plan).map((line) => `  ${line}`),
  ]);
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
