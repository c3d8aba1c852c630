import { deploymentKey, type Lab, type Scope } from './lab-state';

/** A region of a deployment that was killed and has not got its power back: nothing is started there. */
export function hasNoPower({ faults }: Lab, site: Scope & { region: string }): boolean {
  return [...faults.values()].some(
    ({ fault, scope }) =>
      fault.kind === 'kill-region' && fault.region === site.region && deploymentKey(scope) === deploymentKey(site),
  );
}
