/** Everything that the deployment entity does one at a time (policies/operations/transitions.ts says which is legal when). */
export const OPERATION_KINDS = [
  'record-failover',
  'promote-region',
  'switchover',
  'drain',
  'undrain',
  'rejoin',
  'restore',
  'deploy',
  'retire',
  'sweep',
  'drill',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** What a region of a live deployment is, as its record has it. */
export const REGION_STATES = ['primary', 'primary-drained', 'standby', 'drained', 'fenced', 'absent'] as const;
export type RegionOperatingState = (typeof REGION_STATES)[number];

/**
 * What a deployment is: `diverged` when the platform has failed over by itself and the record does not know it yet;
 * `moving` when the writes have begun to move, cannot go back, and not all of them or not the traffic have followed.
 */
export const DEPLOYMENT_STATES = ['absent', 'live', 'failed-over', 'moving', 'diverged'] as const;
export type DeploymentOperatingState = (typeof DEPLOYMENT_STATES)[number];
