import type { Stack } from '@aws-sdk/client-cloudformation';
import type { CallContext, StackChange } from '../platform';
import { PlatformError } from '../platform-error';
import { detectDrift } from './drift';
import { ownDoing, withoutOwnDoing } from './own-doing';
import type { StackSession } from './stack-session';
import { neverWorked } from './stack-status';

/**
 * The change as it may be asked for. CloudFormation reverts the whole drift of a stack or none of it, and drains, fences
 * and epochs are drift to it: reverted, a drained region would answer again and a fenced database would take writes. A
 * stack where nobody else changed anything is changed without reverting; where somebody did, `Platform.Refused` names both.
 */
export async function withDriftToRevert<C extends Omit<StackChange, 'token'>>(
  session: StackSession,
  stack: Stack | undefined,
  change: C,
  context: CallContext,
): Promise<C> {
  if (!change.revertDrift || !stack || neverWorked(stack.StackStatus)) return change;
  const drifted = await detectDrift(session, context);
  const own = ownDoing(drifted);
  if (own.length === 0) return change;
  const byHand = withoutOwnDoing(drifted).map(({ resource, type }) => `${resource} (${type})`);
  if (byHand.length === 0) return { ...change, revertDrift: false };
  const { name, region } = session.ref;
  throw new PlatformError(
    'Platform.Refused',
    `revertDrift: stack ${name} in ${region} was changed by hand (${byHand.join(', ')}), but reverting it would also revert what Meridian itself did: ${own.join('; ')}. Change the first back by hand, then deploy; or deploy without reverting drift`,
    { region },
  );
}
