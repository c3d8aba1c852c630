import type { PlannedChange } from './stack';

/**
 * The closed vocabulary of failures that cross an activity or workflow boundary. Match on these, never on messages.
 * The first word says whose failure it is.
 */
export const FAILURE_TYPES = [
  'Request.Invalid',
  'Plan.NoCandidate',
  'Plan.PolicyViolated',
  'Plan.Blocked',
  'Approval.Rejected',
  'Approval.Expired',
  'Operation.Aborted',
  'Operation.MadeWay',
  'Record.Conflict',
  'Platform.Throttled',
  'Platform.Unavailable',
  'Platform.Refused',
  'Platform.StackFailed',
  'Platform.PlanChanged',
  'Platform.StaleEpoch',
  'Region.Unhealthy',
  'Region.SickDuringBake',
  'Region.SickWhileWaiting',
  'Replication.Lagging',
  'Replication.Inconsistent',
  'Replication.Unsatisfiable',
  'Validation.Failed',
  'Drill.Failed',
  'Model.Unavailable',
  'Model.Refused',
  'Model.Misconfigured',
  'Internal',
] as const;
export type FailureType = (typeof FAILURE_TYPES)[number];

/** Where a failure happened and what more is known of it, carried in the details of an ApplicationFailure. */
export interface FailureDetails {
  region?: string;
  resource?: string;
  /** with `Platform.PlanChanged`: all that the platform would really do, for whoever approves it */
  changes?: PlannedChange[];
}
