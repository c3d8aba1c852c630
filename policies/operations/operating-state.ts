import type { DeploymentOperatingState, RegionOperatingState } from '../../contracts/operation';
import type { OperatingState } from '../../contracts/operation-report';
import type { DeploymentRecord } from '../../contracts/record';

/** What a region is, by record. */
export function regionState(
  { live, primary, drained, fenced }: DeploymentRecord,
  region: string,
): RegionOperatingState {
  if (!live?.topology.regions.some((one) => one.region === region)) return 'absent';
  const isDrained = drained.includes(region);
  if (region === primary) return isDrained ? 'primary-drained' : 'primary';
  if (fenced?.some((one) => one.region === region)) return 'fenced';
  return isDrained ? 'drained' : 'standby';
}

/**
 * What a deployment is.
 * @param diverged the platform says that another region takes the writes than the record does
 */
export function deploymentState(record: DeploymentRecord, diverged = false): DeploymentOperatingState {
  if (!record.live) return 'absent';
  if (diverged) return 'diverged';
  if (record.moving) return 'moving';
  return record.fenced?.length ? 'failed-over' : 'live';
}

/** The states of a deployment and of all its regions, for a report. */
export function operatingState(record: DeploymentRecord, diverged = false): OperatingState {
  const { live, primary, epoch } = record;
  return {
    deployment: deploymentState(record, diverged),
    ...(primary && { primary }),
    epoch,
    regions: (live?.topology.regions ?? []).map(({ region }) => ({ region, state: regionState(record, region) })),
  };
}

/**
 * Whether the platform says otherwise than the record; a region that cannot be seen has not failed over. A newer epoch
 * alone is no difference: the lease was given anew to the same region. Nor is what has arrived of a move on record.
 */
export function isDiverged(
  { primary, moving }: Pick<DeploymentRecord, 'primary' | 'moving'>,
  writers: ReadonlyArray<{ region?: string; epoch?: number }>,
): boolean {
  return writers.some(({ region }) => region !== undefined && region !== primary && region !== moving?.to);
}

/** The newest epoch that record or platform know: acts with an older one are refused. */
export function newestEpoch(
  { epoch }: Pick<DeploymentRecord, 'epoch'>,
  writers: ReadonlyArray<{ epoch?: number }>,
): number {
  return Math.max(epoch, ...writers.map((one) => one.epoch ?? 0));
}
