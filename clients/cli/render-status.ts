import { operationOutcomeSchema } from '../../contracts/operation-report';
import { verdictSchema } from '../../contracts/report';
import { formatTime } from '../format';
import type { OperationListing } from '../observe';
import { targetName } from './target';
import { textTable } from './text-table';

/** A deployment as the list shows it: its newest operation, and the generation that serves. */
export interface DeploymentRow extends OperationListing {
  /** undefined: none is known to be live */
  liveGeneration: number | undefined;
}

/** One row per deployment. Takes operations newest first. */
export function deploymentRows(operations: OperationListing[]): DeploymentRow[] {
  const newest = new Map<string, OperationListing>();
  for (const operation of operations) {
    const name = targetName(operation);
    if (!newest.has(name)) newest.set(name, operation);
  }
  return [...newest].map(([name, operation]) => ({
    ...operation,
    liveGeneration: liveGeneration(operations.filter((one) => targetName(one) === name)),
  }));
}

/** The newest promoted one, unless a retirement destroyed it. Whatever else was tried leaves live what was live. */
function liveGeneration(operations: OperationListing[]): number | undefined {
  const decisive = operations.find((operation) => operation.phase === 'promoted' || hasDestroyed(operation));
  return decisive?.kind === 'deploy' ? decisive.generation : undefined;
}

/** A retirement that waits for its approval, or was not given it, has touched nothing. */
function hasDestroyed({ kind, status, phase }: OperationListing): boolean {
  return kind === 'retire' && (status === 'COMPLETED' || phase === 'removal');
}

/** Phase while it runs, verdict once it has ended; without either, what the server knows. */
export function stateText({ status, phase }: Pick<OperationListing, 'status' | 'phase'>): string {
  const serverState = status.toLowerCase().replaceAll('_', ' ');
  if (status === 'RUNNING') return phase === 'approval' ? 'waiting for approval' : (phase ?? serverState);
  if (phase === 'unchanged') return 'nothing to do';
  const outcome = operationOutcomeSchema.safeParse(phase).data?.replaceAll('-', ' ');
  return verdictSchema.safeParse(phase).data ?? outcome ?? serverState;
}

/** The list of `meridian status`: columns as wide as what is in them. */
export function renderStatusList(rows: DeploymentRow[]): string {
  return textTable([
    ['DEPLOYMENT', 'NEWEST', 'STATE', 'LIVE', 'STARTED'],
    ...rows.map((row) => [
      targetName(row),
      `${row.kind} ${row.generation}`,
      stateText(row),
      row.liveGeneration === undefined ? '-' : `generation ${row.liveGeneration}`,
      formatTime(row.startedAt),
    ]),
  ]);
}
