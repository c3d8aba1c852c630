import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure, TimeoutType } from '@temporalio/common';
import { failureTypeOf, isTimedOut } from '../../../workflows/support/failures';

const fenceFails = (cause: Error) =>
  new ActivityFailure('activity failed', 'fenceDatabase', '1', RetryState.MAXIMUM_ATTEMPTS_REACHED, undefined, cause);

test('an activity that ran out of time says nothing, and is told apart from one that answered', () => {
  const late = fenceFails(new TimeoutFailure('activity timed out', undefined, TimeoutType.START_TO_CLOSE));
  expect(isTimedOut(late)).toBe(true);
  expect(failureTypeOf(late)).toBeUndefined();
  const answered = fenceFails(ApplicationFailure.create({ type: 'Platform.Refused', message: 'no' }));
  expect(isTimedOut(answered)).toBe(false);
  expect(failureTypeOf(answered)).toBe('Platform.Refused');
});
