import { isInside } from '../../catalog/jurisdictions';
import { isKnownRegion, isOnRequest, REGION_IDS, type RegionService, regionFact } from '../../catalog/regions';
import type { DeploymentRequest } from '../../contracts/request';
import type { Advice } from '../../contracts/topology';

function neededServices({ dataStores }: DeploymentRequest): RegionService[] {
  const compute: RegionService[] = [
    'ecs-fargate',
    'application-load-balancer',
    'nat-gateway',
    'kms',
    'secrets-manager',
    'cloudwatch',
  ];
  return dataStores.length > 0 ? [...compute, 'rds-postgresql'] : compute;
}

/** Why a region cannot be used for a request at all; undefined when it can. */
function rejection(region: string, request: DeploymentRequest): string | undefined {
  const { wanted, excluded } = request.regions;
  const { residency } = request.compliance;
  const fact = regionFact(region);
  if (excluded.includes(region)) return 'excluded by the request';
  const outside = residency.filter((jurisdiction) => !isInside(region, [jurisdiction]));
  if (outside.length > 0)
    return `in ${fact.jurisdiction}: outside ${outside.join(' and ')}, where users and data must stay`;
  const missing = neededServices(request).filter((service) => !fact.services.includes(service));
  if (missing.length > 0) return `does not offer ${missing.join(', ')}`;
  if (wanted.length > 0 && !wanted.includes(region))
    return `not wanted: the request asks for exactly ${wanted.join(', ')}`;
  if (isOnRequest(region) && !wanted.includes(region))
    return 'its round trips are not measured: used only when regions.wanted names it';
  return undefined;
}

/** Regions that the request, residency and needed services leave, in alphabetical order, and why the others are out. */
export function eligibleRegions(request: DeploymentRequest): { eligible: string[]; rejected: Advice['rejected'] } {
  const eligible: string[] = [];
  const rejected: Advice['rejected'] = [];
  for (const region of REGION_IDS) {
    const why = rejection(region, request);
    if (why === undefined) eligible.push(region);
    else rejected.push({ region, why });
  }
  for (const region of request.regions.wanted) {
    if (!isKnownRegion(region)) rejected.push({ region, why: 'not in the catalog' });
  }
  return { eligible, rejected };
}
