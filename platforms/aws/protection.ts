import { SetStackPolicyCommand, type Stack, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import type { PlannedChange } from '../../contracts/stack';
import { isStateful } from '../../policies/stateful-resources';
import type { StackSession } from './stack-session';

/** Marks stacks whose termination protection is Meridian's own, so that only that is ever lifted. */
export const TAG_PROTECTED = 'meridian:protected';

/** Sets or lifts termination protection where it is not so already. */
export async function protectFromDeletion(session: StackSession, stack: Stack, enable: boolean): Promise<void> {
  if ((stack.EnableTerminationProtection ?? false) === enable) return;
  const input = { StackName: stack.StackId ?? session.ref.name, EnableTerminationProtection: enable };
  await session.call(session.cloudFormation.send(new UpdateTerminationProtectionCommand(input)));
}

/**
 * Has CloudFormation itself refuse to replace or delete what holds data, except what was approved by name: whatever a
 * template says, and whoever updates the stack.
 */
export async function protectData(
  session: StackSession,
  stackId: string,
  templates: Array<string | undefined>,
  approved: readonly PlannedChange[] = [],
): Promise<void> {
  const stateful = statefulResources(templates);
  if (stateful.length === 0) return;
  const free = new Set(
    approved.filter(({ action }) => action === 'replace' || action === 'delete').map(({ resource }) => resource),
  );
  const input = { StackName: stackId, StackPolicyBody: dataPolicy(stateful.filter((id) => !free.has(id))) };
  await session.call(session.cloudFormation.send(new SetStackPolicyCommand(input)));
}

/** Logical ids of all resources that hold data, in any of the templates. */
export function statefulResources(templates: Array<string | undefined>): string[] {
  const ids = templates.flatMap((template) => {
    const resources =
      template === undefined ? {} : (JSON.parse(template).Resources as Record<string, { Type: string }>);
    return Object.entries(resources)
      .filter(([, { Type }]) => isStateful({ type: Type }))
      .map(([id]) => id);
  });
  return [...new Set(ids)];
}

function dataPolicy(ids: string[]): string {
  const everybody = { Principal: '*' };
  const allow = { Effect: 'Allow', Action: 'Update:*', ...everybody, Resource: '*' };
  const Resource = ids.map((id) => `LogicalResourceId/${id}`);
  const deny = { Effect: 'Deny', Action: ['Update:Replace', 'Update:Delete'], ...everybody, Resource };
  return JSON.stringify({ Statement: ids.length > 0 ? [allow, deny] : [allow] });
}
