import type { FailureType } from '../contracts/failure-types';
import type { PlannedChange } from '../contracts/stack';

export type PlatformFailureType = Extract<FailureType, `Platform.${string}`>;

/** How a platform says no. `retryable` is decided here, once, by whoever knows the platform. */
export class PlatformError extends Error {
  readonly type: PlatformFailureType;
  readonly retryable: boolean;
  readonly region: string | undefined;
  readonly resource: string | undefined;
  /** with `Platform.PlanChanged`: all that the platform would really do */
  readonly changes: PlannedChange[] | undefined;

  constructor(
    type: PlatformFailureType,
    message: string,
    details: { retryable?: boolean; region?: string; resource?: string; changes?: PlannedChange[] } = {},
  ) {
    super(message);
    this.name = 'PlatformError';
    this.type = type;
    this.retryable = details.retryable ?? (type === 'Platform.Throttled' || type === 'Platform.Unavailable');
    this.region = details.region;
    this.resource = details.resource;
    this.changes = details.changes;
  }
}
