import type { DeploymentRequest } from '../../contracts/request';
import type {
  ChecklistEntry,
  DrillResult,
  LatencyMeasurement,
  LoadMeasurement,
  ServiceHealth,
} from '../../contracts/validation';

/** How far a standby was behind, and what it may be. */
export interface LagFinding {
  region: string;
  store: string;
  lagMs: number;
  thresholdMs: number;
}

/** What the validation analyst works on: everything that step 4 measured, and what rules made of it. */
export interface ValidationFindings {
  sla: DeploymentRequest['latency'];
  recovery: DeploymentRequest['recovery'];
  regions: string[];
  verdict: 'promoted' | 'blocked';
  /** why it is blocked, in the rules' words; empty when it is not */
  blockers: string[];
  health: ServiceHealth[];
  latency: LatencyMeasurement[];
  load?: LoadMeasurement;
  drill?: DrillResult;
  checklist: ChecklistEntry[];
  lag: LagFinding[];
}

/** What a next step may begin with. */
export const NEXT_ACTIONS = [
  'fix-and-rerun',
  'add-edge',
  'add-region',
  'automate-failover',
  'add-capacity',
  'accept',
] as const;

/** The explanation of a validation. The verdict is not part of it. */
export interface ValidationExplanation {
  cause: string;
  /** passed, but close to its limit */
  marginal: string[];
  /** `action place: why`; suggestions for a person, nothing acts on them */
  next: string[];
  summary: string;
}
