import { isKnownRegion, REGION_IDS } from '../catalog/regions';
import type { DeploymentRequest, RequestProblem } from '../contracts/request';
import { closestRegions } from './closest-regions';

interface NamedRegion {
  field: string;
  region: string;
}

function namedRegions({ regions, rollout }: DeploymentRequest): NamedRegion[] {
  return [
    ...regions.wanted.map((region, index) => ({ field: `regions.wanted[${index}]`, region })),
    ...regions.excluded.map((region, index) => ({ field: `regions.excluded[${index}]`, region })),
    ...Object.keys(regions.overrides).map((region) => ({ field: `regions.overrides.${region}`, region })),
    ...(rollout.canary ? [{ field: 'rollout.canary', region: rollout.canary }] : []),
  ];
}

function unknownRegions(request: DeploymentRequest): RequestProblem[] {
  return namedRegions(request)
    .filter(({ region }) => !isKnownRegion(region))
    .map(({ field, region }) => {
      const close = closestRegions(region);
      const hint = close.length > 0 ? `nearest are ${close.join(', ')}` : `one of ${REGION_IDS.join(', ')}`;
      return { field, received: `"${region}"`, valid: `a region of the catalog: ${hint}` };
    });
}

function duplicateRegions({ regions }: DeploymentRequest): RequestProblem[] {
  return regions.wanted.flatMap((region, index) => {
    const first = regions.wanted.indexOf(region);
    return first < index
      ? [
          {
            field: `regions.wanted[${index}]`,
            received: `"${region}", as in regions.wanted[${first}]`,
            valid: 'each region once',
          },
        ]
      : [];
  });
}

function contradictions({ regions, rollout }: DeploymentRequest): RequestProblem[] {
  const { wanted, excluded, overrides } = regions;
  const problems: RequestProblem[] = wanted
    .filter((region) => excluded.includes(region))
    .map((region) => ({
      field: `regions.excluded[${excluded.indexOf(region)}]`,
      received: `"${region}", which regions.wanted asks for`,
      valid: 'a region that is not wanted',
    }));
  const { canary } = rollout;
  if (canary && wanted.length > 0 && !wanted.includes(canary)) {
    problems.push({
      field: 'rollout.canary',
      received: `"${canary}"`,
      valid: `one of regions.wanted: ${wanted.join(', ')}`,
    });
  }
  if (canary && excluded.includes(canary)) {
    problems.push({
      field: 'rollout.canary',
      received: `"${canary}", which regions.excluded rules out`,
      valid: 'a region that is not excluded',
    });
  }
  for (const region of Object.keys(overrides)) {
    if (wanted.length > 0 && !wanted.includes(region)) {
      problems.push({
        field: `regions.overrides.${region}`,
        received: 'settings for a region that is not wanted',
        valid: `one of ${wanted.join(', ')}`,
      });
    }
  }
  if (REGION_IDS.every((region) => excluded.includes(region))) {
    problems.push({
      field: 'regions.excluded',
      received: 'every region of the catalog',
      valid: 'at least one region left',
    });
  }
  return problems;
}

/** Regions that are named: known, each once, and not at odds with each other. */
export function checkRegions(request: DeploymentRequest): RequestProblem[] {
  return [...unknownRegions(request), ...duplicateRegions(request), ...contradictions(request)];
}
