import type { Action } from '../../contracts/health-matrix';
import type { WatchFacts } from './watch-facts';

/**
 * Whether the reason of an action that is no longer wanted is over: it was done, or its region is seen to be well. That
 * a region cannot be seen any more ends nothing.
 */
export function isOver({ kind, region }: Action, { deployment, windows }: WatchFacts): boolean {
  const isWell = windows.find((one) => one.region === region)?.last?.outcome === 'ok';
  switch (kind) {
    case 'record':
    case 'return':
      return true;
    case 'fail-over':
    case 'switch-over':
      return isWell || deployment.primary !== region;
    case 'drain':
      return isWell || deployment.drained.includes(region) || !deployment.order.includes(region);
  }
}
