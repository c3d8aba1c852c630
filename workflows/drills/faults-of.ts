import type { DrillKind } from '../../contracts/drill';
import type { Fault } from '../../platforms/platform';

/** A link that is ten times as slow: an ocean becomes a satellite. */
const SLOW_FACTOR = 10;

/** The faults of a drill, all of which are in force at once; none for a move as planned. */
export function faultsOf(
  kind: DrillKind,
  { region, stores, others }: { region: string; stores: readonly string[]; others: readonly string[] },
): Fault[] {
  switch (kind) {
    case 'region-loss':
      return [{ kind: 'kill-region', region }];
    case 'database-loss':
      return stores.map((store) => ({ kind: 'kill-database', region, store, comesBack: false }));
    case 'freeze':
      return [{ kind: 'freeze-region', region }];
    case 'partition':
      return [{ kind: 'cut-region', region }];
    case 'slow-link':
      return others.map((to) => ({ kind: 'slow-link', from: region, to, factor: SLOW_FACTOR }));
    case 'switchover':
      return [];
  }
}
