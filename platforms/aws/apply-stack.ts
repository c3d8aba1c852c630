import {
  ExecuteChangeSetCommand,
  ListStacksCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { StackDescription } from '../../contracts/stack';
import { unapprovedReason } from '../../policies/unapproved-changes';
import type { CallContext, StackChange } from '../platform';
import { PlatformError } from '../platform-error';
import { stackFailure, untilFree, untilSettled } from './await-stack';
import { type ChangeSet, createChangeSet, deleteChangeSet, deleteReview, stackInput } from './change-set';
import { clientToken, startOnce } from './client-token';
import { plannedChanges } from './planned-changes';
import { protectData, protectFromDeletion } from './protection';
import { withDriftToRevert } from './revert-drift';
import { newestOperation, operationsOf, type StackOperation } from './stack-events';
import { appliedTemplate, describeStack, findStack, type StackSession, tagsOf } from './stack-session';
import { hasSucceeded, isUnderWay } from './stack-status';
import { leaveStuckState, skippedResources } from './stuck-states';
import { templateSource } from './template-upload';

export interface ApplyOptions {
  templateBucket: string | undefined;
}

/** Everything that the steps of one application share. */
interface Application {
  session: StackSession;
  change: StackChange;
  context: CallContext;
  options: ApplyOptions;
  /** CloudFormation's form of the token of the change */
  token: string;
}

/**
 * Change set, review, execution, end. What an earlier attempt has started is found by its token in the events of the
 * stack and waited for, never started again; what it has ended well is the answer, as long as nothing was done since.
 */
export async function applyStack(
  session: StackSession,
  change: StackChange,
  context: CallContext,
  options: ApplyOptions,
): Promise<StackDescription> {
  const application = { session, change, context, options, token: clientToken(change.token) };
  const found = await findStack(session);
  const description = await applyOnce(application, found);
  if (!found?.StackStatus?.startsWith('UPDATE_')) return description;
  const skipped = await skippedResources(session, found.StackId ?? session.ref.name, application.token);
  return skipped.length === 0 ? description : { ...description, skipped };
}

async function applyOnce(application: Application, found: Stack | undefined): Promise<StackDescription> {
  const { session, change, context } = application;
  if (!found) await refuseSpentToken(application);
  const earlier = found ? await earlierAttempts(application, found) : [];
  const [latest] = earlier;
  if (found && latest && isUnderWay(latest.status)) return finish(application, found.StackId ?? '', latest.token);
  if (found && latest && hasSucceeded(latest.status) && (await isNewest(application, found, latest))) {
    return close(session, change, found);
  }

  const free = found && (await untilFree(session, found, context));
  const stack = await leaveStuckState(session, free, change.tags, application.token, context);
  // CloudFormation takes a token for one operation only: after one that failed the next attempt has a number.
  const token = earlier.length === 0 ? application.token : `${application.token}-${earlier.length + 1}`;
  return changeStack(application, stack, token);
}

async function changeStack(application: Application, stack: Stack | undefined, token: string) {
  const { session, context, options } = application;
  const before = await appliedTemplate(session, stack);
  const change = await withDriftToRevert(session, stack, application.change, context);
  const settings = { templateBucket: options.templateBucket, signal: context.signal };
  const set = await createChangeSet(session, application.token, change, stack, settings);
  const real = plannedChanges(set.changes, { before, after: change.template });
  const unapproved = unapprovedReason(session.ref, real, change.approved);
  if (unapproved || set.empty) await discard(session, set, stack);
  if (unapproved) {
    throw new PlatformError('Platform.PlanChanged', unapproved, { region: session.ref.region, changes: real });
  }
  if (stack && set.empty) return updateWithoutChanges(application, stack, before, token);

  if (before !== undefined) await protectData(session, set.stackId, [before, change.template], change.approved);
  // An attempt that was given up while it stood still must not act now.
  context.signal.throwIfAborted();
  await startOnce(session, set.stackId, token, () =>
    session.call(
      session.cloudFormation.send(
        new ExecuteChangeSetCommand({
          StackName: session.ref.name,
          ChangeSetName: set.name,
          ClientRequestToken: token,
        }),
      ),
    ),
  );
  context.heartbeat(`${session.ref.name}: ${real.length} changes under way`);
  return finish(application, set.stackId, token, stack ?? { ...IN_REVIEW, StackId: set.stackId });
}

/** Waits for the end of an operation with our token, and closes the stack against what nobody approved. */
async function finish(
  application: Application,
  stackId: string,
  token: string,
  before?: Stack,
): Promise<StackDescription> {
  const { session, change, context } = application;
  const stack = await untilSettled(session, stackId, context, { token, ...(before && { before }) });
  if (!hasSucceeded(stack?.StackStatus)) {
    throw await stackFailure(session, stack ?? { StackId: stackId }, token, 'made ready');
  }
  return close(session, change, stack as Stack);
}

async function close(session: StackSession, change: StackChange, stack: Stack): Promise<StackDescription> {
  await protectData(session, stack.StackId ?? session.ref.name, [change.template]);
  if (change.protect) await protectFromDeletion(session, stack, true);
  return describeStack(session.ref, stack);
}

/**
 * No resource changes. Outputs and tags may: clouds differ in whether a change set of those alone is empty, and the
 * generation tag decides who may undo the stack.
 */
async function updateWithoutChanges(
  application: Application,
  stack: Stack,
  before: string | undefined,
  token: string,
): Promise<StackDescription> {
  const { session, change, options } = application;
  const input = stackInput(change, stack);
  const tags = tagsOf(stack);
  const sameTags =
    input.Tags.length === Object.keys(tags).length && input.Tags.every(({ Key, Value }) => tags[Key] === Value);
  if (sameTags && sameJson(before, change.template)) return close(session, change, stack);
  const update = {
    StackName: stack.StackId,
    ClientRequestToken: token,
    ...(await templateSource(session, change.template, options.templateBucket)),
    ...input,
  };
  const started = await session.call(
    session.cloudFormation.send(new UpdateStackCommand(update)).then(
      () => true,
      (error) => {
        if (/No updates are to be performed/.test(error.message)) return false;
        throw error;
      },
    ),
  );
  return started ? finish(application, stack.StackId ?? '', token, stack) : close(session, change, stack);
}

/** A stack that only the change set brought about goes with it. */
async function discard(session: StackSession, set: ChangeSet, stack: Stack | undefined): Promise<void> {
  await deleteChangeSet(session, set.name);
  if (!stack) await deleteReview(session, set.stackId);
}

/** Operations that this token started on the stack that is there now, newest first; ways out of stuck states are none. */
async function earlierAttempts({ session, token }: Application, stack: Stack): Promise<StackOperation[]> {
  const operations = await operationsOf(session, stack.StackId ?? session.ref.name, token);
  return operations.filter((operation) => /^(-\d+)?$/.test(operation.token.slice(token.length)));
}

/** Nobody did anything to the stack since: what was restored after it succeeded has to be done once more. */
async function isNewest({ session }: Application, stack: Stack, operation: StackOperation): Promise<boolean> {
  const newest = await newestOperation(session, stack.StackId ?? session.ref.name);
  return newest?.token === operation.token;
}

/** What a stack is between its first change set and the execution of that. */
const IN_REVIEW = { StackName: undefined, CreationTime: undefined, StackStatus: 'REVIEW_IN_PROGRESS' as const };

const DELETED_PAGES = 5;

/**
 * An attempt that was paused before the stack was destroyed must not make it again after it. A stack that was made with
 * the token and never became ready does not count: it was cleared away to be made again.
 */
async function refuseSpentToken({ session, token }: Application): Promise<void> {
  const { cloudFormation, ref } = session;
  let NextToken: string | undefined;
  for (let page = 0; page < DELETED_PAGES; page += 1) {
    const input = { StackStatusFilter: ['DELETE_COMPLETE' as const], NextToken };
    const answer = await session.call(cloudFormation.send(new ListStacksCommand(input)));
    for (const { StackName, StackId = '', DeletionTime } of answer.StackSummaries ?? []) {
      if (StackName !== ref.name) continue;
      const operations = await operationsOf(session, StackId, token).catch(() => []);
      if (operations.every(({ status }) => /ROLLBACK|FAILED/.test(status))) continue;
      const when = DeletionTime?.toISOString() ?? 'at an unknown time';
      throw new PlatformError(
        'Platform.Refused',
        `token ${token} made a stack ${ref.name} in ${ref.region} that was destroyed since (${when}); deploy again to make it anew`,
        { region: ref.region },
      );
    }
    NextToken = answer.NextToken;
    if (!NextToken) return;
  }
}

function sameJson(one: string | undefined, other: string): boolean {
  return one !== undefined && JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
}
