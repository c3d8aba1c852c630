import { isKnownRegion } from '../catalog/regions';
import type { DeploymentRequest } from '../contracts/request';
import { asksForOneRegion } from './residency';

/** What the request itself says about regions: wanted means exactly these, excluded means never, `max` is a limit. */
export function regionWishViolations(regions: ReadonlyArray<{ region: string }>, request: DeploymentRequest): string[] {
  const { wanted, excluded, max } = request.regions;
  const ids = regions.map(({ region }) => region);
  const sentences: string[] = [];
  const unknown = ids.filter((id) => !isKnownRegion(id));
  if (unknown.length > 0)
    sentences.push(`regions: ${unknown.join(', ')} is not in the catalog; valid are its regions only`);
  if (new Set(ids).size !== ids.length)
    sentences.push(`regions: ${ids.join(', ')} names one twice; valid is each once`);
  const forbidden = ids.filter((id) => excluded.includes(id));
  if (forbidden.length > 0)
    sentences.push(`regions: ${forbidden.join(', ')} is excluded by the request; valid is any other`);
  if (wanted.length > 0 && !sameMembers(wanted, ids)) {
    sentences.push(`regions: the request wants exactly ${wanted.join(', ')}, not ${ids.join(', ')}`);
  }
  if (wanted.length === 0 && ids.length > max) {
    sentences.push(`regions: ${ids.length} of them, the request allows at most ${max}`);
  }
  return sentences;
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === new Set(b).size && a.every((member) => b.includes(member));
}

/**
 * A deployment that is to be recovered within a time must survive the loss of any of its regions. One region is
 * allowed only to those who ask for one (`regions.max: 1`, or one wanted).
 */
export function regionLossViolations(survivesRegionLoss: boolean, request: DeploymentRequest): string[] {
  if (survivesRegionLoss || asksForOneRegion(request)) return [];
  return [
    `recovery within ${request.recovery.rtoSeconds} s: nothing takes over when a region is lost; valid are at least 2 regions, or regions.max: 1 to accept it`,
  ];
}
