import type { StackKind, StackRef } from './stack';

interface StackOwner {
  account: string;
  application: string;
  environment: string;
}

/** The stack of a kind in a region: how it is named when it is made, and how it is found again. */
export function stackRef(owner: StackOwner, region: string, kind: StackKind): StackRef {
  return { account: owner.account, region, kind, name: `${owner.application}-${owner.environment}-${kind}` };
}
