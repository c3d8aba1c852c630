import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  CancelledFailure,
  NamespaceNotFoundError,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowNotFoundError,
} from '@temporalio/common';

export type ClientProblemCode =
  | 'unreachable'
  | 'no-worker'
  | 'not-found'
  | 'bad-input'
  | 'refused'
  | 'still-running'
  | 'workflow-failed'
  | 'stopped'
  | 'detached'
  | 'unexpected';

/** What went wrong between a client and the deployment, in words for people, with the next thing to try. */
export class ClientProblem extends Error {
  constructor(
    readonly code: ClientProblemCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'ClientProblem';
  }
}

const GRPC_FAILED_PRECONDITION = 9;
const GRPC_UNAVAILABLE = 14;

/**
 * Any error of a client call as a ClientProblem.
 * @param doing what was tried, for the message: "submit the deployment"
 */
export function toClientProblem(error: unknown, doing: string, address: string): ClientProblem {
  if (error instanceof ClientProblem) return error;
  if (error instanceof WorkflowNotFoundError && /already completed/i.test(error.message))
    return new ClientProblem('refused', `cannot ${doing}: ${error.workflowId} has already ended`);
  if (error instanceof WorkflowNotFoundError)
    return new ClientProblem('not-found', `cannot ${doing}: there is no workflow "${error.workflowId}"`);
  if (error instanceof NamespaceNotFoundError)
    return new ClientProblem('not-found', `cannot ${doing}: the server has no namespace "${error.namespace}"`);
  if (error instanceof WorkflowUpdateFailedError)
    return new ClientProblem('refused', `cannot ${doing}: ${error.cause?.message ?? error.message}`);
  if (error instanceof WorkflowFailedError) return workflowProblem(error, doing);
  if (saysNoWorker(error)) return noWorkerProblem(doing);
  if (saysWorkerFails(error)) return failingWorkerProblem(doing);
  if (isGrpcDeadlineError(error) || isGrpcCancelledError(error)) return noAnswerProblem(doing, address);
  if (isUnreachable(error)) return unreachableProblem(doing, address);
  return new ClientProblem(
    'unexpected',
    `cannot ${doing}: ${error instanceof Error ? rootMessage(error) : String(error)}`,
  );
}

export function noWorkerProblem(doing: string): ClientProblem {
  return new ClientProblem(
    'no-worker',
    `cannot ${doing}: no worker answers`,
    'start one: "meridian dev" brings server, lab and worker on this machine',
  );
}

export function unreachableProblem(doing: string, address: string): ClientProblem {
  return new ClientProblem(
    'unreachable',
    `cannot ${doing}: no Temporal server answers at ${address}`,
    'look after that server, or set TEMPORAL_ADDRESS to the one to use; "meridian dev" starts a new one that knows of no deployment',
  );
}

/**
 * The server may be away, or its worker may be slow, stuck or killed a moment ago: from here it looks the same. Where the
 * server sees the deadline pass before the client does, the call is cancelled; nobody here cancels one.
 */
function noAnswerProblem(doing: string, address: string): ClientProblem {
  return new ClientProblem(
    'unreachable',
    `cannot ${doing}: no answer in time from the Temporal server at ${address} or its worker`,
    'look whether both run; what is under way goes on by itself as soon as they do',
  );
}

function failingWorkerProblem(doing: string): ClientProblem {
  return new ClientProblem(
    'no-worker',
    `cannot ${doing}: the worker failed at the next step of this workflow, and tries again`,
    'the reason is in the log of the worker, and in the Web UI as WorkflowTaskFailed; nothing is lost, it goes on when a step succeeds',
  );
}

/** A run that ended without a report: stopped from outside, or failed in a way it could not tell about. */
function workflowProblem(error: WorkflowFailedError, doing: string): ClientProblem {
  const { cause } = error;
  if (cause instanceof CancelledFailure) return new ClientProblem('stopped', 'the workflow was cancelled');
  if (cause instanceof TerminatedFailure)
    return new ClientProblem('stopped', `the workflow was terminated: ${cause.message}`);
  if (cause instanceof TimeoutFailure) return new ClientProblem('workflow-failed', 'the workflow ran out of time');
  return new ClientProblem('workflow-failed', `cannot ${doing}: ${rootMessage(cause ?? error)}`);
}

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}

/** A query or update that nobody took: the server answers, the other side does not. */
export function saysNoWorker(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const grpc = grpcCause(error);
  return grpc?.code === GRPC_FAILED_PRECONDITION && /no poller|worker/i.test(grpc.message);
}

/** Also after a task that took too long. Until the next attempt succeeds nobody can say where the workflow is. */
function saysWorkerFails(error: unknown): boolean {
  const grpc = grpcCause(error);
  return grpc?.code === GRPC_FAILED_PRECONDITION && /workflow task in failed state/i.test(grpc.message);
}

export function isUnreachable(error: unknown): boolean {
  if (isGrpcDeadlineError(error)) return true;
  if (grpcCause(error)?.code === GRPC_UNAVAILABLE) return true;
  return error instanceof Error && /failed to connect before the deadline/i.test(error.message);
}

export function isDetached(error: unknown): boolean {
  return error instanceof ClientProblem && error.code === 'detached';
}

function grpcCause(error: unknown): { code: number; message: string } | undefined {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined ? grpcCause(error.cause) : undefined;
}
