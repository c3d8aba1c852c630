import type { StackScope } from '../activities/stacks';
import type { DeploymentRecord } from '../contracts/record';
import type { StackKind, StackRef } from '../contracts/stack';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { platform, quick } from './support/activity-stubs';
import { messageOf } from './support/failures';

export interface RetireInput extends DeploymentKey {
  requester: string;
  generation: number;
}

export interface RetireResult {
  destroyed: string[];
  leftovers: Array<{ ref: StackRef; why: string }>;
}

/** Traffic ends first, data goes last but before the network it lives in: the inverse of how it was made. */
const RETIRE_ORDER: StackKind[] = ['global', 'preview', 'data', 'connectivity', 'base'];

/** Destroys everything of a deployment, where its record says it is. The only way from present to destroyed. */
export async function retireDeployment(input: RetireInput): Promise<RetireResult> {
  const record = await quick.loadRecord('read what is live', input);
  const result: RetireResult = { destroyed: [], leftovers: [] };
  if (!record.place) return result;
  const scope: StackScope & { account: string } = { ...input, ...record.place };
  const found = await quick.listStacks('list what exists', scope);
  for (const ref of inRetireOrder(
    found.map((stack) => stack.ref),
    record,
  ))
    await retire(scope, ref, result);
  if (result.leftovers.length === 0) await quick.recordRetired('record that nothing is left', input);
  else if (!result.leftovers.some(({ ref }) => ref.kind === 'global'))
    await quick.recordNotLive('record that traffic has ended', input);
  return result;
}

async function retire(scope: StackScope, ref: StackRef, result: RetireResult): Promise<void> {
  try {
    await platform.retireStack(`${ref.region}: destroy ${ref.kind}`, { ...scope, ref });
    result.destroyed.push(`${ref.region}/${ref.kind}`);
  } catch (error) {
    result.leftovers.push({ ref, why: messageOf(error) });
  }
}

/** Within one kind the region of the primary goes last: replicas depend on it. */
function inRetireOrder(refs: StackRef[], { primary }: DeploymentRecord): StackRef[] {
  const weight = (ref: StackRef) => RETIRE_ORDER.indexOf(ref.kind) * 2 + (ref.region === primary ? 1 : 0);
  return [...refs].sort((a, b) => weight(a) - weight(b) || a.region.localeCompare(b.region));
}
