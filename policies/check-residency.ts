import { isInside, isKnownJurisdiction, JURISDICTIONS, regionsIn } from '../catalog/jurisdictions';
import { isKnownRegion, regionFact } from '../catalog/regions';
import type { DeploymentRequest, RequestProblem } from '../contracts/request';
import { closestNames } from './closest-names';

function unknownJurisdictions({ compliance }: DeploymentRequest): RequestProblem[] {
  return compliance.residency.flatMap((name, index) => {
    if (isKnownJurisdiction(name)) return [];
    const [closest] = closestNames(name, JURISDICTIONS, 1);
    const valid = `${closest ? `did you mean "${closest}"? ` : ''}one of ${JURISDICTIONS.join(', ')}`;
    return [{ field: `compliance.residency[${index}]`, received: `"${name}"`, valid }];
  });
}

function missingRegions({ compliance, regions }: DeploymentRequest): RequestProblem[] {
  return compliance.residency.filter(isKnownJurisdiction).flatMap((jurisdiction) => {
    const valid = regionsIn(jurisdiction);
    if (regions.wanted.length > 0 && !regions.wanted.some((region) => valid.includes(region))) {
      return [
        {
          field: 'regions.wanted',
          received: `${regions.wanted.join(', ')}: none in ${jurisdiction}, where compliance.residency keeps its users`,
          valid: `regions in ${jurisdiction}: ${valid.join(', ')}`,
        },
      ];
    }
    if (valid.every((region) => regions.excluded.includes(region))) {
      return [
        {
          field: 'regions.excluded',
          received: `every region in ${jurisdiction}`,
          valid: `at least one of ${valid.join(', ')} left, for compliance.residency`,
        },
      ];
    }
    return [];
  });
}

function regionsOutside({ compliance, regions }: DeploymentRequest): RequestProblem[] {
  const { residency } = compliance;
  return regions.wanted.flatMap((region, index) =>
    isKnownRegion(region) && !isInside(region, residency)
      ? [
          {
            field: `regions.wanted[${index}]`,
            received: `"${region}", which is in ${regionFact(region).jurisdiction} and would serve or hold a copy of what must stay in ${residency.join(' and ')}`,
            valid: `one of ${residency.flatMap(regionsIn).join(', ')}`,
          },
        ]
      : [],
  );
}

/**
 * Residency against the regions that are wanted (seed 004 step 1). A copy counts as much as the original: every region
 * of a topology holds all data, so a region outside the jurisdiction breaks it even when no user is sent there.
 */
export function checkResidency(request: DeploymentRequest): RequestProblem[] {
  const { residency } = request.compliance;
  const unknown = unknownJurisdictions(request);
  if (residency.length === 0 || unknown.length > 0) return unknown;
  const missing = missingRegions(request);
  if (missing.length > 0) return missing;
  if (new Set(residency).size > 1) {
    return [
      {
        field: 'compliance.residency',
        received: residency.join(', '),
        valid: 'one jurisdiction per deployment: one set of data cannot stay inside each of several',
      },
    ];
  }
  return regionsOutside(request);
}
