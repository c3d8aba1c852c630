import type { StackStatus as ForeignStatus } from '@aws-sdk/client-cloudformation';
import type { StackStatus } from '../../contracts/stack';

/** CloudFormation's words for the state of a stack, in ours. */
export function stackStatus(foreign: ForeignStatus | undefined): StackStatus {
  if (foreign === undefined || foreign === 'DELETE_COMPLETE' || foreign === 'REVIEW_IN_PROGRESS') return 'absent';
  if (foreign === 'DELETE_IN_PROGRESS') return 'deleting';
  if (foreign === 'CREATE_IN_PROGRESS') return 'creating';
  if (isUnderWay(foreign)) return 'updating';
  return isReady(foreign) ? 'ready' : 'failed';
}

/** The stack is as some template says, whichever: also after an update that was rolled back. */
export function isReady(foreign: string | undefined): boolean {
  return foreign !== undefined && /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/.test(foreign);
}

/** CloudFormation is at work. A stack in review waits for a change set to be executed: nothing is under way. */
export function isUnderWay(foreign: string | undefined): boolean {
  return foreign?.endsWith('_IN_PROGRESS') === true && foreign !== 'REVIEW_IN_PROGRESS';
}

/** What was asked for did happen. */
export function hasSucceeded(foreign: string | undefined): boolean {
  return foreign === 'CREATE_COMPLETE' || foreign === 'UPDATE_COMPLETE';
}

/** The stack never was ready: nobody depends on it, and there is no earlier state to return to. */
export function neverWorked(foreign: string | undefined): boolean {
  return (
    foreign !== undefined && /^(REVIEW_IN_PROGRESS|CREATE_|ROLLBACK_)/.test(foreign) && foreign !== 'CREATE_COMPLETE'
  );
}
