import { DescribeEventsCommand, DescribeStackEventsCommand, type StackEvent } from '@aws-sdk/client-cloudformation';
import type { StackSession } from './stack-session';

const STACK_TYPE = 'AWS::CloudFormation::Stack';

/** A resource that failed because another one had: not a cause. */
export function isConsequence(reason: string | undefined): boolean {
  return /cancelled|canceled|The following resource\(s\) failed/i.test(reason ?? '');
}

/** Up to 2,000 events, about four years of changes of a region's largest stack. */
const MAX_PAGES = 20;

/** Events of a stack, newest first, as far back as `until` says true or CloudFormation remembers (90 days). */
export async function* stackEvents(session: StackSession, stackId: string): AsyncGenerator<StackEvent> {
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const input = { StackName: stackId, NextToken };
    const answer = await session.call(session.cloudFormation.send(new DescribeStackEventsCommand(input)));
    yield* answer.StackEvents ?? [];
    NextToken = answer.NextToken;
    if (!NextToken) return;
  }
}

/** One thing that was done to a stack with one of our tokens. */
export interface StackOperation {
  /** the token that it was started with: ours, or ours with a number when it was started again */
  token: string;
  /** the last word about the stack itself in this operation, for example `UPDATE_ROLLBACK_COMPLETE` */
  status: string;
}

/** What was started with a token (or one that begins with it) so far, newest first; `upTo` ends the search. */
export async function operationsOf(
  session: StackSession,
  stackId: string,
  token: string,
  upTo?: string,
): Promise<StackOperation[]> {
  const found = new Map<string, StackOperation>();
  for await (const event of stackEvents(session, stackId)) {
    const used = event.ClientRequestToken;
    if (!used?.startsWith(token) || event.ResourceType !== STACK_TYPE || event.PhysicalResourceId !== stackId) continue;
    if (!found.has(used)) found.set(used, { token: used, status: event.ResourceStatus ?? '' });
    if (used === upTo) break;
  }
  return [...found.values()];
}

/** The newest operation on a stack, whoever started it. */
export async function newestOperation(
  session: StackSession,
  stackId: string,
): Promise<{ token: string | undefined; since: string } | undefined> {
  for await (const event of stackEvents(session, stackId)) {
    if (event.ResourceType !== STACK_TYPE || event.PhysicalResourceId !== stackId) continue;
    return { token: event.ClientRequestToken, since: event.Timestamp?.toISOString() ?? 'an unknown time' };
  }
  return undefined;
}

/** The first thing that went wrong, in the provider's words. */
export interface RootCause {
  resource: string;
  type: string;
  reason: string;
}

/**
 * Why an operation failed: its first failure that does not follow from another. Validation before the deployment
 * reports through DescribeEvents only; clouds without that call have the events of the stack alone.
 */
export async function rootCause(
  session: StackSession,
  stackId: string,
  token: string | undefined,
): Promise<RootCause | undefined> {
  let cause: RootCause | undefined;
  for await (const event of stackEvents(session, stackId)) {
    if (token && event.ClientRequestToken && event.ClientRequestToken !== token) {
      if (cause) break;
      continue;
    }
    if (!event.ResourceStatus?.endsWith('_FAILED') || isConsequence(event.ResourceStatusReason)) continue;
    // events come newest first: the last one seen is the first that happened
    cause = causeOf(event.LogicalResourceId, event.ResourceType, event.ResourceStatusReason);
  }
  if (cause && cause.type !== STACK_TYPE) return cause;
  return (await validationFailure(session, { StackName: stackId })) ?? cause;
}

/** Why a change set could not be made, as far as the checks before a deployment said it. */
export async function validationFailure(
  session: StackSession,
  of: { StackName: string } | { ChangeSetName: string },
): Promise<RootCause | undefined> {
  const input = { ...of, Filters: { FailedEvents: true } };
  const answer = await session.cloudFormation.send(new DescribeEventsCommand(input)).catch(() => undefined);
  const event = answer?.OperationEvents?.find(({ EventType }) => EventType === 'VALIDATION_ERROR');
  if (!event) return undefined;
  const where = event.ValidationPath ? ` at ${event.ValidationPath}` : '';
  return causeOf(event.LogicalResourceId, event.ResourceType, `${event.ValidationStatusReason ?? ''}${where}`);
}

function causeOf(resource = 'the stack', type = STACK_TYPE, reason = 'no reason given'): RootCause {
  return { resource, type, reason };
}
