import { canRejoin } from '../../policies/operations/fenced-regions';
import type { OperationRun } from './operation-run';

/** How fenced regions become standbys again: each by a rejoin, or, where the platform cannot, by leaving and coming again. */
export function returnCommands({ name, on }: OperationRun, regions: readonly string[]): string[] {
  if (canRejoin(on.platform)) return regions.map((region) => `meridian rejoin ${name} ${region}`);
  return regions.length === 0
    ? []
    : [`meridian deploy request.yaml # without ${regions.join(', ')}, then with it again`];
}
