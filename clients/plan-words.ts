import type { DeploymentPlan } from '../contracts/plan';
import type { PlannedChange } from '../contracts/stack';
import { dataThatLeaves } from '../policies/leaving-regions';
import { replicationWords } from '../policies/replication-words';
import { isLost } from '../policies/stateful-resources';
import { formatCount, formatMs, formatUsd, plural } from './format';

/** What a plan says in words, the same on the terminal and on the page. */

export const CHANGE_SYMBOL: Record<PlannedChange['action'], string> = {
  create: '+',
  change: '~',
  delete: '-',
  replace: '±',
};

/** "ContainerDefinitions.0.Image: orders:1.0 → orders:1.1", one line each. */
export function valueWords({ values = [] }: PlannedChange): string[] {
  return values.map(({ path, from = '(nothing)', to = '(nothing)' }) => `${path}: ${from} → ${to}`);
}

/** What about the resource changes, and whether it has to be made anew for that. Empty for what comes or goes. */
export function changeWords({ action, properties = [], possible }: PlannedChange): string {
  const paths = properties.join(', ');
  switch (action) {
    case 'create':
    case 'delete':
      return '';
    case 'change':
      return paths;
    case 'replace': {
      const words = possible ? 'may be replaced' : 'forces replacement';
      return paths ? `${words}: ${paths}` : words;
    }
  }
}

/** "eu-west-1 (bake 5 s) → approval, us-east-1": which region follows which, who waits, where somebody is asked. */
export function rolloutWords({ waves }: DeploymentPlan['rollout']): string {
  return waves
    .map(({ regions, bakeSeconds, approvalBefore }) => {
      const bake = bakeSeconds > 0 ? ` (bake ${formatMs(bakeSeconds * 1_000)})` : '';
      return `${approvalBefore ? 'approval, ' : ''}${regions.join(' + ')}${bake}`;
    })
    .join(' → ');
}

/** "orders: synchronous: acknowledged when …; …": what becomes of writes, one line per data store. */
export function replicationLines({ replication: { stores } }: DeploymentPlan): string[] {
  return stores.map((plan) => `${plan.store}: ${replicationWords(plan).join('; ')}`);
}

/** Data that would be lost, one line per resource or region, each with what would be gone. */
export function dangers({ changes, removals }: DeploymentPlan): string[] {
  const resources = changes.flatMap(({ ref, changes: planned }) =>
    planned.filter(isLost).map(({ action, resource, type, possible }) => {
      const verb = `${possible ? 'may' : 'would'} be ${action === 'delete' ? 'deleted' : 'replaced'}`;
      return `${resource} (${type}) in ${ref.region} ${verb}: ${whatIsLost(type)} would be lost`;
    }),
  );
  return [...resources, ...removals.flatMap(lostWithRegion)];
}

/** The region that takes writes never leaves: what is lost is a copy. */
function lostWithRegion(removal: DeploymentPlan['removals'][number]): string[] {
  return dataThatLeaves(removal).map(
    ({ type, count }) =>
      `${removal.region} is removed with its copy of the data (${count} × ${type}); what takes the writes stays`,
  );
}

function whatIsLost(type: string): string {
  if (type.startsWith('AWS::RDS')) return 'the database with all its rows';
  if (type.startsWith('AWS::DynamoDB')) return 'the table with all its items';
  if (type.startsWith('AWS::S3')) return 'the bucket with all its objects';
  if (type.startsWith('AWS::KMS')) return 'the key, and with it everything that it encrypts,';
  return 'what it holds';
}

/** Permissions and network openings that become wider, each with the stack it is in. */
export function broadened({ changes }: DeploymentPlan): string[] {
  return changes.flatMap(({ ref, broadening }) => broadening.map((line) => `${ref.region}/${ref.kind}: ${line}`));
}

/** "$612 a month of $900"; of a change: "+$120 a month, from $900 to $1,020 of $1,500". */
export function costWords({ topology, costBefore }: DeploymentPlan, budgetUsdPerMonth?: number): string {
  const usdPerMonth = Math.round(topology.cost.usdPerMonth);
  const budget = budgetUsdPerMonth === undefined ? '' : ` of ${formatUsd(budgetUsdPerMonth)}`;
  if (costBefore === undefined) return `${formatUsd(usdPerMonth)} a month${budget}`;
  const before = Math.round(costBefore);
  const delta = usdPerMonth - before;
  if (delta === 0) return `${formatUsd(usdPerMonth)} a month${budget}, as before`;
  const sign = delta > 0 ? '+' : '−';
  return `${sign}$${formatCount(Math.abs(delta))} a month, from ${formatUsd(before)} to ${formatUsd(usdPerMonth)}${budget}`;
}

/** Regions that a live deployment gains: nothing of them is there. Empty for a first deployment. */
export function addedRegions({ topology, changes, costBefore }: DeploymentPlan): string[] {
  if (costBefore === undefined) return [];
  const isNew = (region: string) =>
    changes.some(({ ref, before }) => ref.region === region && ref.kind === 'base' && before === 'absent');
  return topology.regions.map(({ region }) => region).filter(isNew);
}

/** "Plan: 13 to add, 2 to change, 1 to replace, 0 to destroy; 1 region leaves". */
export function countWords({ changes, removals, dangling }: DeploymentPlan): string {
  const all = changes.flatMap((stack) => stack.changes);
  const count = (action: PlannedChange['action']) => all.filter((change) => change.action === action).length;
  const perhaps = all.filter(({ possible }) => possible).length;
  const gone = [...removals.flatMap(({ stacks }) => stacks), ...dangling];
  const leaving = gone.reduce((sum, { resources }) => sum + resources, 0);
  const replaced = `${count('replace')} to replace${perhaps > 0 ? ` (${perhaps} of them perhaps)` : ''}`;
  const regions = removals.length === 0 ? '' : `; ${plural(removals.length, 'region')} to remove`;
  return `Plan: ${count('create')} to add, ${count('change')} to change, ${replaced}, ${count('delete') + leaving} to destroy${regions}`;
}
