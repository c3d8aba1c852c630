import type { PlannedChange, StackRef } from '../contracts/stack';

/**
 * What a platform is about to do beyond what was approved (DESIGN §5: before each execute the real change set is
 * compared with the approved symbolic plan). A change covers itself and anything milder on the same resource.
 */
export function unapprovedChanges(real: readonly PlannedChange[], approved: readonly PlannedChange[]): PlannedChange[] {
  const allowed = new Map(approved.map((change) => [change.resource, change]));
  return real.filter((change) => !covers(allowed.get(change.resource), change));
}

/**
 * Why the real changes must not be made without asking again; undefined when all of them were approved.
 * `approved: undefined` approves anything.
 */
export function unapprovedReason(
  ref: StackRef,
  real: readonly PlannedChange[],
  approved: readonly PlannedChange[] | undefined,
): string | undefined {
  const extra = approved === undefined ? [] : unapprovedChanges(real, approved);
  if (extra.length === 0) return undefined;
  const words = extra.slice(0, 10).map(({ action, resource, type }) => `${action} ${resource} (${type})`);
  const more = extra.length > words.length ? ` and ${extra.length - words.length} more` : '';
  return `${ref.name} in ${ref.region} would now also ${words.join(', ')}${more}: not in the approved plan`;
}

function covers(approved: PlannedChange | undefined, real: PlannedChange): boolean {
  if (!approved || approved.type !== real.type) return false;
  return approved.action === real.action || (approved.action === 'replace' && real.action === 'change');
}
