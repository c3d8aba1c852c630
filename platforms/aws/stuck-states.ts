import {
  ContinueUpdateRollbackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  RollbackStackCommand,
  type Stack,
  type StackEvent,
  type StackResource,
} from '@aws-sdk/client-cloudformation';
import { TAG_APPLICATION, TAG_ENVIRONMENT } from '../../contracts/stack';
import { isStateful } from '../../policies/stateful-resources';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { stackFailure, untilSettled } from './await-stack';
import { isConsequence, stackEvents } from './stack-events';
import { type StackSession, tagsOf } from './stack-session';

type WayOut = 'delete-and-create' | 'delete-unless-data' | 'continue-rollback' | 'roll-back' | 'refuse';

/**
 * States in which CloudFormation takes no change, and how a change gets past them. Printed in docs/aws.md; every other
 * state that is not under way takes change sets (a stack in REVIEW_IN_PROGRESS takes another one of type CREATE).
 */
export const STUCK_STATES: Record<string, { wayOut: WayOut; why: string }> = {
  ROLLBACK_COMPLETE: { wayOut: 'delete-and-create', why: 'it never worked and holds nothing any more' },
  CREATE_FAILED: { wayOut: 'delete-and-create', why: 'it never worked; what it made is deleted first' },
  ROLLBACK_FAILED: { wayOut: 'delete-and-create', why: 'it never worked; deleting goes on where the rollback stopped' },
  DELETE_FAILED: { wayOut: 'delete-unless-data', why: 'it is half deleted; data in it is never deleted to make room' },
  UPDATE_ROLLBACK_FAILED: {
    wayOut: 'continue-rollback',
    why: 'the rollback is continued; resources that fail again are skipped, and named: data is never, then it is refused',
  },
  UPDATE_FAILED: { wayOut: 'roll-back', why: 'an update without rollback: it is rolled back to the last good state' },
  IMPORT_ROLLBACK_FAILED: { wayOut: 'refuse', why: 'Meridian imports nothing: whoever imported must end it' },
};

/**
 * Gets a settled stack out of a state that takes no change. Returns the stack to change; undefined when there is none
 * any more, so that it is created. Throws `Platform.Refused` or `Platform.StackFailed` when there is no way out.
 */
export async function leaveStuckState(
  session: StackSession,
  stack: Stack | undefined,
  owner: Record<string, string>,
  token: string,
  context: CallContext,
): Promise<Stack | undefined> {
  const stuck = STUCK_STATES[stack?.StackStatus ?? ''];
  if (!stack || !stuck) return stack;
  context.heartbeat(`${session.ref.name} is ${stack.StackStatus}: ${stuck.why}`);
  if (stuck.wayOut !== 'refuse') assertOurs(session, stack, owner);
  switch (stuck.wayOut) {
    case 'delete-unless-data':
      await assertNoDataLeft(session, stack);
      return deleteRemains(session, stack, token, context);
    case 'delete-and-create':
      return deleteRemains(session, stack, token, context);
    case 'continue-rollback':
      return continueRollback(session, stack, token, context);
    case 'roll-back':
      return rollBack(session, stack, token, context);
    case 'refuse':
      throw refused(session, `is ${stack.StackStatus}: ${stuck.why}`);
  }
}

/** What CloudFormation has not deleted of a stack. */
export async function resourcesLeft(session: StackSession, stack: Stack): Promise<StackResource[]> {
  const input = { StackName: stack.StackId ?? session.ref.name };
  const answer = await session.call(session.cloudFormation.send(new DescribeStackResourcesCommand(input)));
  return (answer.StackResources ?? []).filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
}

/** Throws `Platform.Refused` unless the stack carries the tags of the deployment. */
export function assertOurs(session: StackSession, stack: Stack, owner: Record<string, string>): void {
  const tags = tagsOf(stack);
  const differs = [TAG_APPLICATION, TAG_ENVIRONMENT].find((key) => tags[key] !== owner[key]);
  if (differs === undefined) return;
  const found = tags[differs] === undefined ? 'has no such tag' : `has "${tags[differs]}"`;
  throw refused(session, `is not of this deployment: its tag ${differs} should be "${owner[differs]}", it ${found}`);
}

async function deleteRemains(session: StackSession, stack: Stack, token: string, context: CallContext) {
  const StackName = stack.StackId ?? session.ref.name;
  const ClientRequestToken = `${token}-clear`;
  await session.call(session.cloudFormation.send(new DeleteStackCommand({ StackName, ClientRequestToken })));
  const left = await untilSettled(session, StackName, context, { token: ClientRequestToken });
  if (left) throw await stackFailure(session, left, undefined, `cleared away after ${stack.StackStatus}`);
  return undefined;
}

async function continueRollback(session: StackSession, stack: Stack, token: string, context: CallContext) {
  const StackName = stack.StackId ?? session.ref.name;
  const again = async (ClientRequestToken: string, ResourcesToSkip?: string[]) => {
    const input = { StackName, ClientRequestToken, ResourcesToSkip };
    await session.call(session.cloudFormation.send(new ContinueUpdateRollbackCommand(input)));
    return untilSettled(session, StackName, context, { token: ClientRequestToken });
  };
  const first = await again(continueToken(token));
  if (first?.StackStatus !== 'UPDATE_ROLLBACK_FAILED') return first;
  const failed = (await resourcesLeft(session, first)).filter(isSkippable);
  const data = failed.find(({ ResourceType }) => isStateful({ type: ResourceType ?? '' }));
  if (data) throw dataNotRolledBack(session, data);
  if (failed.length === 0) throw await stackFailure(session, first, undefined, 'rolled back');
  const skipped = failed.map(({ LogicalResourceId }) => LogicalResourceId ?? '');
  context.heartbeat(`${session.ref.name}: the rollback goes on without ${skipped.join(', ')}`);
  const second = await again(skipToken(token), skipped);
  if (second?.StackStatus !== 'UPDATE_ROLLBACK_FAILED') return second;
  throw await stackFailure(session, second, undefined, `rolled back, not even without ${skipped.join(', ')}`);
}

const continueToken = (token: string) => `${token}-continue`;
const skipToken = (token: string) => `${token}-skip`;

/** What CloudFormation lets a rollback leave out: what failed in it, not what was cancelled because something else had. */
function isSkippable({ ResourceStatus, ResourceStatusReason }: StackResource | StackEvent): boolean {
  return ResourceStatus === 'UPDATE_FAILED' && !isConsequence(ResourceStatusReason);
}

/** Skipped, its state would be unknown while the template says otherwise: the next update might replace it. */
function dataNotRolledBack(session: StackSession, resource: StackResource): PlatformError {
  const { LogicalResourceId = '', ResourceType, PhysicalResourceId, ResourceStatusReason } = resource;
  const { ref } = session;
  return new PlatformError(
    'Platform.Refused',
    `stack ${ref.name} in ${ref.region} cannot be rolled back: ${LogicalResourceId} (${ResourceType}, ${PhysicalResourceId ?? 'no id'}) holds data and is never skipped; it fails with: ${ResourceStatusReason ?? 'no reason given'}. Remove that cause, continue the rollback in CloudFormation without skipping it, then deploy again`,
    { region: ref.region, resource: LogicalResourceId },
  );
}

/**
 * Logical ids of the resources that a rollback continued with a token has left out, from the events of the stack, so that
 * an attempt which comes after a cut knows them too: AWS calls them complete, and they may differ from the template.
 * Only what was done last counts: what somebody else did since has its own truth.
 */
export async function skippedResources(session: StackSession, stackId: string, token: string): Promise<string[]> {
  const failed = new Set<string>();
  let isSkipped = false;
  for await (const event of stackEvents(session, stackId)) {
    if (!event.ClientRequestToken?.startsWith(token)) break;
    if (event.ClientRequestToken === skipToken(token)) isSkipped = true;
    if (event.ClientRequestToken === continueToken(token) && isSkippable(event))
      failed.add(event.LogicalResourceId ?? '');
  }
  return isSkipped ? [...failed].sort() : [];
}

async function rollBack(session: StackSession, stack: Stack, token: string, context: CallContext) {
  const StackName = stack.StackId ?? session.ref.name;
  const ClientRequestToken = `${token}-rollback`;
  const input = { StackName, ClientRequestToken };
  await session.call(session.cloudFormation.send(new RollbackStackCommand(input)));
  const settled = await untilSettled(session, StackName, context, { token: ClientRequestToken });
  return settled?.StackStatus === 'UPDATE_ROLLBACK_FAILED'
    ? continueRollback(session, settled, token, context)
    : settled;
}

async function assertNoDataLeft(session: StackSession, stack: Stack): Promise<void> {
  const left = (await resourcesLeft(session, stack)).filter(({ ResourceType }) =>
    isStateful({ type: ResourceType ?? '' }),
  );
  if (left.length === 0) return;
  const names = left.map(({ LogicalResourceId, ResourceType }) => `${LogicalResourceId} (${ResourceType})`).join(', ');
  throw refused(session, `is half deleted and still holds ${names}; end its deletion with "meridian retire" first`);
}

function refused({ ref }: StackSession, why: string): PlatformError {
  return new PlatformError('Platform.Refused', `stack ${ref.name} in ${ref.region} ${why}`, { region: ref.region });
}
