import { randomUUID } from 'node:crypto';
import type { FailoverListing } from '../contracts/failover-listing';
import type { BeginOperationResult, LiveOperationRequest } from '../contracts/messages';
import { type OperationReport, operationReportSchema } from '../contracts/operation-report';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { call, type MeridianClient, requireWorker } from './connection';
import { operationResult, requireKnown } from './observe';
import { beginOperation } from './operations';

const READ_TIMEOUT_MS = 30_000;

/**
 * Asks for an operation on what is live. What the table of operations does not allow now is a ClientProblem `refused`;
 * what has to wait for others is judged again when its turn comes. Throws `not-found` for a deployment that never was.
 */
export async function operateOn(
  meridian: MeridianClient,
  { application, environment }: DeploymentKey,
  request: LiveOperationRequest,
): Promise<BeginOperationResult> {
  const key = { application, environment };
  await requireKnown(meridian, key);
  return beginOperation(meridian, key, request);
}

/** The report of an operation that has ended. */
export async function readOperationReport(meridian: MeridianClient, workflowId: string): Promise<OperationReport> {
  return operationReportSchema.parse(await operationResult(meridian, workflowId));
}

/** What failed over, and where a deployment stands. Throws a ClientProblem. */
export async function readFailovers(
  meridian: MeridianClient,
  { application, environment }: DeploymentKey,
): Promise<FailoverListing> {
  const doing = 'read the failovers';
  await requireKnown(meridian, { application, environment });
  await requireWorker(meridian, doing);
  return call(meridian, doing, READ_TIMEOUT_MS, () =>
    meridian.client.workflow.execute('listFailovers', {
      workflowId: `failovers/${application}/${environment}/${randomUUID()}`,
      taskQueue: meridian.taskQueue,
      args: [{ application, environment }],
      workflowExecutionTimeout: READ_TIMEOUT_MS,
      staticSummary: `failovers of ${application} in ${environment}`,
    }),
  );
}

/** What to ask before an operation that cannot be taken back; undefined for the others. */
export function questionOf(request: LiveOperationRequest, name: string): string | undefined {
  switch (request.kind) {
    case 'promote-region':
      return request.acceptRisk
        ? `promote ${request.region} of ${name} even if the old primary may still write? two regions may take writes, and what was not replicated is lost`
        : `promote ${request.region} of ${name}? the old primary is stopped, and what was not replicated is lost`;
    case 'drill':
      return `hold the ${request.drill} drill on ${name}? its users cannot write for seconds, and what was not replicated is lost`;
    case 'rejoin':
      return `make the database of ${request.region} of ${name} anew? rows that only it holds are saved, then replaced`;
    case 'restore':
      return request.replaceLiving
        ? `turn ${name} back to a backup in ${request.region}? its databases are stopped, and what was written since is lost`
        : `restore ${name} from a backup in ${request.region}? what was not archived is lost, and the other regions are made anew`;
    default:
      return undefined;
  }
}
