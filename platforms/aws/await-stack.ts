import type { Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { poll } from './poll';
import { newestOperation, operationsOf, rootCause, stackEvents } from './stack-events';
import { findStack, type StackSession } from './stack-session';
import { isUnderWay } from './stack-status';

/** How long the first event of an operation may take to show. */
const BEGINNING_TIMEOUT_MS = 20_000;

/** Events cost a call each time they are asked for. */
const TELL_EVERY_MS = 1_000;

/** How long an operation that somebody else started is waited for. */
const FOREIGN_TIMEOUT_MS = 30 * 60_000;

/**
 * Waits until nothing is under way on a stack and returns it; undefined when it is gone. Every new event is told to the
 * heartbeat; `token` names the operation whose end is awaited, `before` is the stack before it began. A cancelled wait leaves the operation alone: cancelling an update starts a rollback, which can fail half-way
 * in what holds data, and CloudFormation ends on its own. Whoever acts on the stack next waits here first.
 */
export async function untilSettled(
  session: StackSession,
  stackId: string,
  context: CallContext,
  options: { token?: string; before?: Stack; timeoutMs?: number; tooLate?: () => Error } = {},
): Promise<Stack | undefined> {
  const progress = new Progress(session, stackId, context);
  const since = Date.now();
  let begun = false;
  const { stack } = await poll(
    async () => {
      const found = await findStack(session, stackId);
      if (!found || found.StackStatus === 'DELETE_COMPLETE') return { stack: undefined };
      begun ||= isUnderWay(found.StackStatus) || (options.before !== undefined && !isSame(found, options.before));
      if (!isUnderWay(found.StackStatus) && (begun || (await hasEnded(session, stackId, options.token, since)))) {
        return { stack: found };
      }
      await progress.tell();
      return undefined;
    },
    { ...options, signal: context.signal },
  );
  return stack;
}

/** No operation began between two looks at a stack: each changes the status, or the time of the last update. */
function isSame(one: Stack, other: Stack): boolean {
  return one.StackStatus === other.StackStatus && one.LastUpdatedTime?.getTime() === other.LastUpdatedTime?.getTime();
}

/**
 * Whether the operation with a token is over. A stack may look settled just before the operation begins: until an event
 * carries the token it has not ended, except where the cloud does not tell tokens, or does not for too long.
 */
async function hasEnded(session: StackSession, stackId: string, token: string | undefined, since: number) {
  if (token === undefined) return true;
  const [operation] = await operationsOf(session, stackId, token, token);
  if (operation) return !isUnderWay(operation.status);
  if (Date.now() - since > BEGINNING_TIMEOUT_MS) return true;
  return (await newestOperation(session, stackId))?.token === undefined;
}

/** Waits for what somebody else does to a stack, at most half an hour, then refuses and says who it is. */
export async function untilFree(session: StackSession, stack: Stack, context: CallContext): Promise<Stack | undefined> {
  if (!isUnderWay(stack.StackStatus)) return stack;
  const { ref } = session;
  const stackId = stack.StackId ?? ref.name;
  const other = await newestOperation(session, stackId);
  const who = other ? `since ${other.since}, token ${other.token ?? 'none'}` : 'by an unknown caller';
  const what = `${ref.name} in ${ref.region} is ${stack.StackStatus} (${who})`;
  context.heartbeat(`waiting: ${what}`);
  const minutes = FOREIGN_TIMEOUT_MS / 60_000;
  const message = `${what} and did not end within ${minutes} minutes; try again when it has ended`;
  return untilSettled(session, stackId, context, {
    timeoutMs: FOREIGN_TIMEOUT_MS,
    tooLate: () => new PlatformError('Platform.Refused', message, { region: ref.region }),
  });
}

/** `Platform.StackFailed` with the first cause of a failed operation. */
export async function stackFailure(
  session: StackSession,
  stack: { StackId?: string; StackStatus?: string; StackStatusReason?: string },
  token: string | undefined,
  what: string,
): Promise<PlatformError> {
  const { ref } = session;
  const cause = await rootCause(session, stack.StackId ?? ref.name, token).catch(() => undefined);
  const words = cause
    ? `${cause.resource} (${cause.type}): ${cause.reason}`
    : (stack.StackStatusReason ?? 'no reason given');
  const message = `${ref.name} in ${ref.region} could not be ${what} (${stack.StackStatus ?? 'gone'}): ${words}`;
  return new PlatformError('Platform.StackFailed', message, {
    region: ref.region,
    ...(cause && { resource: cause.resource }),
  });
}

/** Tells events as they come: which resource, what of it, and how many are done. */
class Progress {
  private readonly seen = new Set<string>();
  private readonly done = new Set<string>();
  private readonly start = Date.now();
  private toldAt = Date.now();

  constructor(
    private readonly session: StackSession,
    private readonly stackId: string,
    private readonly context: CallContext,
  ) {}

  async tell(): Promise<void> {
    if (Date.now() - this.toldAt < TELL_EVERY_MS) return;
    this.toldAt = Date.now();
    const fresh: StackEvent[] = [];
    for await (const event of stackEvents(this.session, this.stackId)) {
      if (this.seen.has(event.EventId ?? '')) break;
      // Events of earlier operations are no progress; a margin for clocks that differ.
      if ((event.Timestamp?.getTime() ?? 0) < this.start - 60_000) break;
      fresh.push(event);
    }
    for (const event of fresh) {
      this.seen.add(event.EventId ?? '');
      if (event.ResourceStatus?.endsWith('_COMPLETE')) this.done.add(event.LogicalResourceId ?? '');
    }
    const [latest] = fresh;
    if (!latest) return;
    const { LogicalResourceId, ResourceType, ResourceStatus } = latest;
    this.context.heartbeat(`${LogicalResourceId} (${ResourceType}) ${ResourceStatus}; ${this.done.size} done`);
  }
}
