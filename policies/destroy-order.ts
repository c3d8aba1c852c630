import type { StackKind, StackRef } from '../contracts/stack';

/** Traffic ends first, data goes last but before the network it lives in: the inverse of how it was made. */
const DESTROY_ORDER: StackKind[] = ['global', 'preview', 'data', 'connectivity', 'base'];

/** The order in which stacks are destroyed. Within one kind the region of the primary goes last: replicas depend on it. */
export function inDestroyOrder<Stack extends { ref: StackRef }>(
  stacks: readonly Stack[],
  primary: string | undefined,
): Stack[] {
  const weight = ({ ref }: Stack) => DESTROY_ORDER.indexOf(ref.kind) * 2 + (ref.region === primary ? 1 : 0);
  return [...stacks].sort((a, b) => weight(a) - weight(b) || (a.ref.region < b.ref.region ? -1 : 1));
}

/**
 * The stack that stands and must stand below this one, because it could not be destroyed: anything while traffic leads
 * here still, and the network and the credentials of data that is still there.
 */
export function standsAbove(ref: StackRef, standing: readonly StackRef[]): StackRef | undefined {
  return standing.find(({ kind, region }) => kind === 'global' || region === ref.region);
}
