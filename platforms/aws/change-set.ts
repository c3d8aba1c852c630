import {
  type Change,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  ListChangeSetsCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { StackChange } from '../platform';
import { PlatformError } from '../platform-error';
import { errorName } from './aws-failure';
import { poll } from './poll';
import { TAG_PROTECTED } from './protection';
import { validationFailure } from './stack-events';
import { findStack, type StackSession, tagsOf } from './stack-session';
import { neverWorked } from './stack-status';
import { templateSource } from './template-upload';

/** What a change set would do; `empty` when there is nothing to do. */
export interface ChangeSet {
  name: string;
  stackId: string;
  changes: Change[];
  empty: boolean;
}

export interface ChangeSetOptions {
  /** the bucket for large templates, see template-upload.ts */
  templateBucket: string | undefined;
  signal: AbortSignal;
}

const CHANGE_SET_TIMEOUT_MS = 10 * 60_000;
const NOTHING_TO_DO = /didn't contain changes|No updates are to be performed/i;

/**
 * Has CloudFormation work out what a change would do, and returns when it knows. A change set of the same name is made
 * anew: it may be expired, obsolete or failed. Throws `Platform.StackFailed` when the change is not possible.
 */
export async function createChangeSet(
  session: StackSession,
  name: string,
  change: Omit<StackChange, 'token'>,
  stack: Stack | undefined,
  options: ChangeSetOptions,
): Promise<ChangeSet> {
  const isNew = stack === undefined || neverWorked(stack.StackStatus);
  const input: CreateChangeSetCommandInput = {
    StackName: session.ref.name,
    ChangeSetName: name,
    ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
    ...(await templateSource(session, change.template, options.templateBucket)),
    ...stackInput(change, stack),
    ...(change.revertDrift && !isNew && { DeploymentMode: 'REVERT_DRIFT' }),
  };
  const created = await session.call(
    session.cloudFormation.send(new CreateChangeSetCommand(input)).catch(async (error) => {
      if (errorName(error) !== 'AlreadyExistsException' || !/ChangeSet/.test(error.message)) throw error;
      await deleteChangeSet(session, name);
      return session.cloudFormation.send(new CreateChangeSetCommand(input));
    }),
  );
  return readChangeSet(session, name, created.StackId ?? session.ref.name, options.signal);
}

/**
 * What CreateChangeSet and UpdateStack take alike. A parameter without a value keeps the one it has, and a stack that
 * Meridian protects stays marked as such whoever changes it: its termination protection stays on, too.
 */
export function stackInput(
  { template, parameters, tags, protect }: Omit<StackChange, 'token'>,
  stack: Stack | undefined,
) {
  const declared = Object.keys((JSON.parse(template) as { Parameters?: object }).Parameters ?? {});
  const present = new Set((stack?.Parameters ?? []).map(({ ParameterKey }) => ParameterKey));
  const kept = declared.filter((key) => parameters[key] === undefined && present.has(key));
  const isProtected = protect || TAG_PROTECTED in tagsOf(stack);
  return {
    Parameters: [
      ...Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      ...kept.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
    ],
    Tags: Object.entries(isProtected ? { ...tags, [TAG_PROTECTED]: 'true' } : tags).map(([Key, Value]) => ({
      Key,
      Value,
    })),
    Capabilities: ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const],
  };
}

/** Waits until the change set is made, then reads all pages of it. */
async function readChangeSet(
  session: StackSession,
  name: string,
  stackId: string,
  signal: AbortSignal,
): Promise<ChangeSet> {
  const set = await poll(
    async () => {
      const answer = await describeChangeSet(session, name);
      return answer.Status === 'CREATE_COMPLETE' || answer.Status === 'FAILED' ? answer : undefined;
    },
    { signal, timeoutMs: CHANGE_SET_TIMEOUT_MS, tooLate: () => tooLate(session, name) },
  );
  if (set.Status === 'FAILED') {
    const empty = NOTHING_TO_DO.test(set.StatusReason ?? '');
    if (empty) return { name, stackId, changes: [], empty };
    const cause = set.ChangeSetId ? await validationFailure(session, { ChangeSetName: set.ChangeSetId }) : undefined;
    const words = cause ? `${cause.resource} (${cause.type}): ${cause.reason}` : set.StatusReason;
    const message = `${session.ref.name} in ${session.ref.region} cannot be changed like this: ${words}`;
    throw new PlatformError('Platform.StackFailed', message, {
      region: session.ref.region,
      ...(cause && { resource: cause.resource }),
    });
  }
  const changes = [...(set.Changes ?? [])];
  for (let next = set.NextToken; next; ) {
    const page = await describeChangeSet(session, name, next);
    changes.push(...(page.Changes ?? []));
    next = page.NextToken;
  }
  return { name, stackId, changes, empty: false };
}

function describeChangeSet(
  session: StackSession,
  name: string,
  NextToken?: string,
): Promise<DescribeChangeSetCommandOutput> {
  const input = { StackName: session.ref.name, ChangeSetName: name, IncludePropertyValues: true, NextToken };
  return session.call(session.cloudFormation.send(new DescribeChangeSetCommand(input)));
}

/** Deletes a change set that will not be executed; one that is not there is deleted already. */
export async function deleteChangeSet(session: StackSession, name: string): Promise<void> {
  const input = { StackName: session.ref.name, ChangeSetName: name };
  await session.call(
    session.cloudFormation.send(new DeleteChangeSetCommand(input)).catch((error) => {
      if (!isGone(error)) throw error;
    }),
  );
}

/** Takes back the empty stack that holds its name for change sets, when none was executed and none is left. */
export async function deleteReview(session: StackSession, stackId: string): Promise<void> {
  const stack = await findStack(session, stackId);
  if (stack?.StackStatus !== 'REVIEW_IN_PROGRESS') return;
  const left = await session.call(session.cloudFormation.send(new ListChangeSetsCommand({ StackName: stackId })));
  if ((left.Summaries ?? []).length > 0) return;
  await session.call(session.cloudFormation.send(new DeleteStackCommand({ StackName: stackId })));
}

function isGone(error: unknown): boolean {
  return /^ChangeSetNotFound/.test(errorName(error)) || /does not exist/.test((error as Error).message ?? '');
}

function tooLate({ ref }: StackSession, name: string): PlatformError {
  const minutes = CHANGE_SET_TIMEOUT_MS / 60_000;
  const message = `change set ${name} of ${ref.name} in ${ref.region} was not ready within ${minutes} minutes`;
  return new PlatformError('Platform.Unavailable', message, { region: ref.region });
}
