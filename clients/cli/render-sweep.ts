import type { StackRef } from '../../contracts/stack';
import type { SweepResult } from '../../contracts/sweep';
import { plural } from '../format';
import type { Colors } from './terminal';

/** What a sweep destroyed, or would destroy, and why everything else that carries the tag is left alone. */
export function renderSweep(result: SweepResult, colors: Colors): string {
  const { dryRun, orphans, destroyed, failed, left, live } = result;
  const isGone = (ref: StackRef) => destroyed.some((one) => one.region === ref.region && one.name === ref.name);
  return [
    ...orphans
      .filter(({ ref }) => dryRun || isGone(ref))
      .map(({ ref, why }) => colors.red(`  - ${name(ref)}  ${dryRun ? 'would be destroyed' : 'destroyed'}: ${why}`)),
    ...failed.map(({ ref, why }) => colors.yellow(`  ! ${name(ref)}  could not be destroyed: ${why}`)),
    ...left.map(({ ref, why }) => `    ${name(ref)}  left alone: ${why}`),
    ...(live > 0 ? [colors.dim(`    ${plural(live, 'stack')} of what is live`)] : []),
    summary(result),
    '',
  ].join('\n');
}

function summary({ dryRun, orphans, destroyed, failed }: SweepResult): string {
  if (orphans.length === 0) return 'no orphans';
  if (dryRun) return `${plural(orphans.length, 'orphan')} to destroy; nothing was touched`;
  return `${plural(destroyed.length, 'orphan')} destroyed, ${failed.length} left`;
}

function name({ region, kind, name: stack }: StackRef): string {
  return `${region}/${kind} (${stack})`;
}
