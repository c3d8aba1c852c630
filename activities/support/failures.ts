import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { FailureDetails, FailureType } from '../../contracts/failure-types';
import { visibleText } from '../../contracts/visible-text';
import { PlatformError } from '../../platforms/platform-error';
import { RecordConflictError } from '../store-port';

export function failure(type: FailureType, message: string, details: FailureDetails = {}): ApplicationFailure {
  return ApplicationFailure.create({ type, message: visibleText(message), nonRetryable: true, details: [details] });
}

/**
 * The one place where an error that leaves an activity gets its type and where it is decided whether a retry can help.
 * A platform decides for itself (PlatformError.retryable); anything unknown is `Internal` and retried.
 */
export function toApplicationFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof PlatformError) {
    return ApplicationFailure.create({
      type: error.type,
      message: visibleText(error.message),
      nonRetryable: !error.retryable,
      details: [detailsOf(error)],
      cause: error,
    });
  }
  if (error instanceof RecordConflictError) {
    return ApplicationFailure.create({ type: 'Record.Conflict', message: error.message, cause: error });
  }
  if (error instanceof Error && error.name === 'AbortError') return error;
  const message = error instanceof Error ? error.message : String(error);
  return ApplicationFailure.create({
    type: 'Internal',
    message: visibleText(message),
    ...(error instanceof Error && { cause: error }),
  });
}

function detailsOf({ region, resource, changes }: PlatformError): FailureDetails {
  return {
    ...(region && { region }),
    ...(resource && { resource: visibleText(resource) }),
    ...(changes && { changes }),
  };
}

type Activity = (...args: never[]) => Promise<unknown>;

/** Gives every activity of a record the failure mapping above. */
export function withFailureTypes<A extends Record<string, Activity>>(activities: A): A {
  const wrapped = Object.entries(activities).map(([name, activity]) => {
    const call = async (...args: never[]) => {
      try {
        return await activity(...args);
      } catch (error) {
        throw toApplicationFailure(error);
      }
    };
    return [name, call] as const;
  });
  return Object.fromEntries(wrapped) as A;
}
