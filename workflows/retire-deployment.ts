import type { StackScope } from '../activities/stacks';
import type { StackRef } from '../contracts/stack';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { inDestroyOrder } from '../policies/destroy-order';
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

/** Destroys everything of a deployment, where its record says it is. The only way from present to destroyed. */
export async function retireDeployment(input: RetireInput): Promise<RetireResult> {
  const record = await quick.loadRecord('read what is live', input);
  const result: RetireResult = { destroyed: [], leftovers: [] };
  if (!record.place) return result;
  const scope: StackScope & { account: string } = { ...input, ...record.place };
  const found = await quick.listStacks('list what exists', scope);
  for (const { ref } of inDestroyOrder(found, record.primary)) await retire(scope, ref, result);
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
