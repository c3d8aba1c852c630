import type { DeploymentRecord } from '../../contracts/record';
import type { PlatformKind } from '../../contracts/region';
import type { Topology } from '../../contracts/topology';
import { deploymentName } from '../../contracts/workflow-ids';

/** RDS cannot make a primary that was replaced a replica: on AWS its region leaves the deployment and comes again. */
export function canRejoin(platform: PlatformKind): boolean {
  return platform !== 'aws';
}

/** Why a topology must not be deployed after a failover: it keeps a region that is fenced. Undefined: it keeps none. */
export function keepsFenced(record: DeploymentRecord, { regions }: Pick<Topology, 'regions'>): string | undefined {
  const { fenced = [], live } = record;
  const kept = fenced.map(({ region }) => region).filter((region) => regions.some((one) => one.region === region));
  if (kept.length === 0) return undefined;
  const names = kept.join(', ');
  const rejoin = `rejoin it first ("meridian rejoin ${deploymentName(record)} ${kept[0]}")`;
  const leave = `it cannot become a standby again on this platform: deploy the request without it (regions.excluded: [${names}]), which leaves a snapshot of its data, then with it again`;
  return `${names} is fenced since a failover: ${live && !canRejoin(live.request.platform) ? leave : rejoin}`;
}
