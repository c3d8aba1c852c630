import { DeleteStackCommand, type Stack, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { TAG_APPLICATION, TAG_GENERATION } from '../../contracts/stack';
import type { CallContext } from '../platform';
import { PlatformError } from '../platform-error';
import { stackFailure, untilFree, untilSettled } from './await-stack';
import { clientToken, startOnce } from './client-token';
import { monthlyCost } from './monthly-cost';
import { protectFromDeletion, TAG_PROTECTED } from './protection';
import { appliedTemplate, findStack, type StackSession, tagsOf } from './stack-session';
import { resourcesLeft } from './stuck-states';

/** What failed may succeed when what it depended on is gone: a deletion is tried again before it is given up. */
const DELETIONS = 2;

/** The parameter of templates with databases that RDS must see as "false" before it deletes them. */
const DELETION_PROTECTION = 'DeletionProtection';

/** See `StackPort.destroy`. What is to be destroyed must carry Meridian's tags. */
export async function destroyStack(
  session: StackSession,
  { token: given, onlyGeneration }: { token: string; onlyGeneration?: number },
  context: CallContext,
): Promise<void> {
  const found = await findStack(session);
  if (!found) return;
  if (found.StackStatus === 'REVIEW_IN_PROGRESS') return deleteEmptyStack(session, found);
  assertMayDestroy(session, found, onlyGeneration);
  const token = clientToken(given);
  // A creation is not waited for: a service that never becomes healthy would hold it up for hours.
  const stack = found.StackStatus === 'CREATE_IN_PROGRESS' ? found : await untilFree(session, found, context);
  if (!stack) return;
  // Whoever was at work until now may have made it theirs.
  assertMayDestroy(session, stack, onlyGeneration);
  await liftProtections(session, stack, token, context);
  await deleteStack(session, stack, token, context);
}

/** It holds nothing but its name and change sets that nobody executed, and has no tags yet. */
async function deleteEmptyStack(session: StackSession, { StackId }: Stack): Promise<void> {
  await session.call(session.cloudFormation.send(new DeleteStackCommand({ StackName: StackId })));
}

async function deleteStack(session: StackSession, stack: Stack, token: string, context: CallContext): Promise<void> {
  const StackName = stack.StackId ?? session.ref.name;
  const template = await appliedTemplate(session, stack);
  for (let attempt = 1; ; attempt += 1) {
    const ClientRequestToken = attempt === 1 ? token : `${token}-${attempt}`;
    await session.call(session.cloudFormation.send(new DeleteStackCommand({ StackName, ClientRequestToken })));
    const left = await untilSettled(session, StackName, context, { token: ClientRequestToken });
    if (!left) return;
    if (attempt === DELETIONS) throw await deletionFailure(session, left, template);
    context.heartbeat(`${session.ref.name} is ${left.StackStatus}: deleting once more`);
  }
}

function assertMayDestroy({ ref }: StackSession, stack: Stack, onlyGeneration: number | undefined): void {
  const tags = tagsOf(stack);
  const refuse = (why: string) =>
    new PlatformError('Platform.Refused', `stack ${ref.name} in ${ref.region} ${why}`, { region: ref.region });
  if (tags[TAG_APPLICATION] === undefined) {
    throw refuse(`has no tag ${TAG_APPLICATION}: Meridian did not make it and does not delete it`);
  }
  if (onlyGeneration !== undefined && tags[TAG_GENERATION] !== String(onlyGeneration)) {
    throw refuse(`belongs to generation ${tags[TAG_GENERATION]}, not ${onlyGeneration}`);
  }
  if (stack.EnableTerminationProtection && tags[TAG_PROTECTED] === undefined) {
    throw refuse('has a termination protection that Meridian did not set; whoever set it must lift it');
  }
}

async function liftProtections(
  session: StackSession,
  stack: Stack,
  token: string,
  context: CallContext,
): Promise<void> {
  await protectFromDeletion(session, stack, false);
  const parameters = stack.Parameters ?? [];
  const protects = parameters.some(
    ({ ParameterKey, ParameterValue }) => ParameterKey === DELETION_PROTECTION && ParameterValue === 'true',
  );
  if (!protects || !/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.StackStatus ?? '')) return;
  context.heartbeat(`${session.ref.name}: lifting the deletion protection of its databases`);
  const StackName = stack.StackId ?? session.ref.name;
  const ClientRequestToken = `${token}-lift`;
  const update = new UpdateStackCommand({
    StackName,
    ClientRequestToken,
    UsePreviousTemplate: true,
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
    Parameters: parameters.map(({ ParameterKey }) =>
      ParameterKey === DELETION_PROTECTION
        ? { ParameterKey, ParameterValue: 'false' }
        : { ParameterKey, UsePreviousValue: true },
    ),
  });
  await startOnce(session, StackName, ClientRequestToken, () => session.call(session.cloudFormation.send(update)));
  const lifted = await untilSettled(session, StackName, context, { token: ClientRequestToken });
  if (lifted && lifted.StackStatus !== 'UPDATE_COMPLETE') {
    throw await stackFailure(session, lifted, ClientRequestToken, 'freed from its deletion protection');
  }
}

/** Names what is left and what it costs: somebody pays for it until it is gone. */
async function deletionFailure(
  session: StackSession,
  stack: Stack,
  template: string | undefined,
): Promise<PlatformError> {
  const left = await resourcesLeft(session, stack);
  const failure = await stackFailure(session, stack, undefined, 'deleted');
  const names = left.map(({ LogicalResourceId, ResourceType }) => `${LogicalResourceId} (${ResourceType})`).join(', ');
  const ids = left.map(({ LogicalResourceId }) => LogicalResourceId ?? '');
  const { usd, unknown } = monthlyCost(template, ids, stack.Parameters ?? [], session.ref.region);
  const cost = `at least ${usd.toFixed(2)} USD a month${unknown > 0 ? `, ${unknown} without a known price` : ''}`;
  return new PlatformError('Platform.StackFailed', `${failure.message}; left: ${names || 'nothing'} (${cost})`, {
    region: session.ref.region,
    ...(failure.resource && { resource: failure.resource }),
  });
}
