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
