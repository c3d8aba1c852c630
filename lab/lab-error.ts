import type { FailureDetails, FailureType } from '../contracts/failure-types';

export type LabFailureType = Extract<FailureType, `Platform.${string}`>;

export interface LabErrorDetails extends FailureDetails {
  retryable?: boolean;
}

/** How the lab says no; crosses the daemon's HTTP boundary as JSON and becomes a PlatformError at the far end. */
export class LabError extends Error {
  readonly type: LabFailureType;
  readonly details: LabErrorDetails;

  constructor(type: LabFailureType, message: string, details: LabErrorDetails = {}) {
    super(message);
    this.name = 'LabError';
    this.type = type;
    this.details = details;
  }
}
