import type { Lab } from './lab-state';

/** A region that was killed and has not got its power back: nothing is started there. */
export function hasNoPower({ faults }: Lab, region: string): boolean {
  return [...faults.values()].some(({ fault }) => fault.kind === 'kill-region' && fault.region === region);
}
