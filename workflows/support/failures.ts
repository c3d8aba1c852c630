import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { StepName } from '../../contracts/decision';
import { FAILURE_TYPES, type FailureDetails, type FailureType } from '../../contracts/failure-types';
import type { Failure } from '../../contracts/report';
import type { PlannedChange } from '../../contracts/stack';

/** A failure that the workflow itself decides on. Anything else thrown in workflow code is a bug and retries the task. */
export function stepFailure(type: FailureType, message: string, where: FailureDetails = {}) {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [where] });
}

/** A failure that was reported, on its way again. */
export function asStepFailure({ type, message, region, resource }: Failure, changes?: PlannedChange[]) {
  return stepFailure(type as FailureType, message, {
    ...(region && { region }),
    ...(resource && { resource }),
    ...(changes && { changes }),
  });
}

/** For update handlers and their validators: a reason refuses, none lets pass. */
export function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw stepFailure('Request.Invalid', reason);
}

/** The innermost cause that a person can act on, in the words of whoever failed. */
export function describeFailure(error: unknown, step: StepName): Failure {
  if (isCancellation(error)) {
    return { step, type: 'Operation.Aborted', message: 'the deployment was stopped', next: [] };
  }
  const cause = rootCause(error);
  if (!(cause instanceof ApplicationFailure)) {
    return { step, type: 'Internal', message: cause instanceof Error ? cause.message : String(cause), next: [] };
  }
  const { region, resource } = (cause.details?.[0] ?? {}) as { region?: string; resource?: string };
  return {
    step,
    type: isFailureType(cause.type) ? cause.type : 'Internal',
    message: cause.message,
    ...(region !== undefined && { region }),
    ...(resource !== undefined && { resource }),
    next: [],
  };
}

/** The words of whoever failed. */
export function messageOf(error: unknown): string {
  const cause = rootCause(error);
  return cause instanceof Error ? cause.message : String(cause);
}

/** The type of the failure at the bottom; undefined for what is no failure of ours. */
export function failureTypeOf(error: unknown): FailureType | undefined {
  const cause = rootCause(error);
  return cause instanceof ApplicationFailure && isFailureType(cause.type) ? cause.type : undefined;
}

/** Nobody answered in all the time that there was: what was asked cannot be known. */
export function isTimedOut(error: unknown): boolean {
  return rootCause(error) instanceof TimeoutFailure;
}

/** The region that a failure names, if it does. */
export function regionOf(error: unknown): string | undefined {
  const cause = rootCause(error);
  if (!(cause instanceof ApplicationFailure)) return undefined;
  return (cause.details?.[0] as FailureDetails | undefined)?.region;
}

/** What the platform would really do, when that is why it did nothing. */
export function realChangesOf(error: unknown): PlannedChange[] | undefined {
  if (failureTypeOf(error) !== 'Platform.PlanChanged') return undefined;
  const { details } = rootCause(error) as ApplicationFailure;
  return (details?.[0] as FailureDetails | undefined)?.changes ?? [];
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause)
    cause = cause.cause;
  return cause;
}

function isFailureType(type: string | undefined | null): type is FailureType {
  return (FAILURE_TYPES as readonly string[]).includes(type ?? '');
}
