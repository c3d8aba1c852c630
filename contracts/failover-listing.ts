import type { OperatingState } from './operation-report';
import type { DeploymentRecord, FailoverRecord } from './record';

/** What failed over and was operated on a deployment, and where it stands now. */
export interface FailoverListing {
  state: OperatingState;
  /** per store who takes the writes, as the platform says; without a region nobody can tell */
  writers: Array<{ store: string; region?: string; epoch?: number }>;
  /** why the platform could not be asked */
  unseen?: string;
  failovers: FailoverRecord[];
  operations: NonNullable<DeploymentRecord['operations']>;
  fenced: NonNullable<DeploymentRecord['fenced']>;
}
