import type { RegionRole } from '../contracts/region';
import type { DataStoreRequest, DeploymentRequest, ServiceRequest } from '../contracts/request';

/** A standby answers health checks and takes over at half strength; it is scaled up once it is primary. */
const STANDBY_SHARE = 0.5;

function carriesFullLoad(role: RegionRole): boolean {
  switch (role) {
    case 'primary':
    case 'active':
    case 'shard':
      return true;
    case 'standby':
    case 'replica':
      return false;
  }
}

interface Place {
  region: string;
  role: RegionRole;
}

/** Tasks of a service in a region: what the request overrides for it, else all of them or, where it stands by, half, rounded up. */
export function tasksIn(place: Place, service: ServiceRequest, request: DeploymentRequest): number {
  const override = request.regions.overrides[place.region]?.tasks;
  if (override !== undefined) return override;
  return carriesFullLoad(place.role) ? service.tasks : Math.ceil(service.tasks * STANDBY_SHARE);
}

/** Instance class of a data store in a region; a replica is as large as its primary, or promoting it would be a downgrade. */
export function instanceClassIn(
  place: Pick<Place, 'region'>,
  store: DataStoreRequest,
  request: DeploymentRequest,
): string {
  return request.regions.overrides[place.region]?.instanceClass ?? store.instanceClass;
}

/** Databases that take writes live in two zones in production; copies are protected by the other regions. */
export function isMultiAz(place: Place, request: DeploymentRequest): boolean {
  return request.environment === 'production' && carriesFullLoad(place.role);
}

/** NAT gateways of a region: one per zone in production, so that a lost zone takes no other down; one elsewhere. */
export function natGatewaysIn(zones: number, request: DeploymentRequest): number {
  return request.environment === 'production' ? zones : 1;
}

/** Zones that a region is spread over: three where it has them. */
export const ZONES_USED_AT_MOST = 3;
