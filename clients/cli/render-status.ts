import type { OperationQueue, QueuedOperation } from '../../contracts/messages';
import { operationOutcomeSchema } from '../../contracts/operation-report';
import { verdictSchema } from '../../contracts/report';
import { deploymentName } from '../../contracts/workflow-ids';
import { formatTime } from '../format';
import type { OperationListing } from '../observe';
import { textTable } from './text-table';

/** A deployment as the list shows it: its newest operation, and the generation that serves. */
export interface DeploymentRow extends OperationListing {
  /** undefined: none is known to be live */
  liveGeneration: number | undefined;
  /** absent: nothing runs, or nobody could be asked */
  queue?: OperationQueue;
}

/** One row per deployment. Takes operations newest first. */
export function deploymentRows(operations: OperationListing[]): DeploymentRow[] {
  const newest = new Map<string, OperationListing>();
  for (const operation of operations) {
    const name = deploymentName(operation);
    if (!newest.has(name)) newest.set(name, operation);
  }
  return [...newest].map(([name, operation]) => ({
    ...operation,
    liveGeneration: liveGeneration(operations.filter((one) => deploymentName(one) === name)),
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

/** What runs and what waits, one line each; none where that is only the operation that is shown already. */
export function queueLines({ running, waiting, proposed }: OperationQueue, shown?: string): string[] {
  const [first, ...others] = running;
  if (others.length + waiting.length === 0 && !proposed && (!first || first.workflowId === shown)) return [];
  return [
    ...running.map((one) => `running   ${inWords(one)}`),
    ...waiting.map((one) => `waiting   ${inWords(one)}`),
    ...(proposed ? [`proposed  ${proposed}: decide with meridian approve ${proposed}`] : []),
  ];
}

function inWords({ workflowId, requester }: QueuedOperation): string {
  return `${workflowId}, asked for by ${requester}`;
}

/** The list of `meridian status`: columns as wide as what is in them, and below it what waits behind what runs. */
export function renderStatusList(rows: DeploymentRow[]): string {
  const queues = rows.flatMap(({ queue, workflowId }) => (queue ? queueLines(queue, workflowId) : []));
  return statusTable(rows) + queues.map((line) => `${line}\n`).join('');
}

function statusTable(rows: DeploymentRow[]): string {
  return textTable([
    ['DEPLOYMENT', 'NEWEST', 'STATE', 'LIVE', 'STARTED'],
    ...rows.map((row) => [
      deploymentName(row),
      `${row.kind} ${row.generation}`,
      stateText(row),
      row.liveGeneration === undefined ? '-' : `generation ${row.liveGeneration}`,
      formatTime(row.startedAt),
    ]),
  ]);
}
