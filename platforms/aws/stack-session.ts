import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { StackDescription, StackRef } from '../../contracts/stack';
import { callsTo } from './aws-call';
import { isNoSuchStack } from './aws-failure';
import type { AwsClients } from './clients';
import { neverWorked, stackStatus } from './stack-status';

/** One stack of one account and region, and how to ask CloudFormation about it. */
export interface StackSession {
  ref: StackRef;
  cloudFormation: CloudFormationClient;
  clients: AwsClients;
  /** Awaits a call and turns its failure into a `PlatformError`. */
  call<R>(answer: Promise<R>): Promise<R>;
}

export function openStack(clients: AwsClients, ref: StackRef): StackSession {
  return { ref, clients, cloudFormation: clients.cloudFormation(ref), call: callsTo(clients, ref) };
}

/** The stack as CloudFormation describes it; undefined when there is none of that name (or id). */
export function findStack(session: StackSession, nameOrId = session.ref.name): Promise<Stack | undefined> {
  const answer = session.cloudFormation.send(new DescribeStacksCommand({ StackName: nameOrId }));
  return session.call(
    answer.then(
      ({ Stacks }) => Stacks?.[0],
      (error) => {
        if (isNoSuchStack(error)) return undefined;
        throw error;
      },
    ),
  );
}

/** The text of the applied template; undefined when nothing was ever made from it. */
export async function appliedTemplate(session: StackSession, stack: Stack | undefined): Promise<string | undefined> {
  if (!stack || stack.StackStatus === 'DELETE_COMPLETE' || neverWorked(stack.StackStatus)) return undefined;
  const input = { StackName: stack.StackId ?? session.ref.name, TemplateStage: 'Original' } as const;
  return (await session.call(session.cloudFormation.send(new GetTemplateCommand(input)))).TemplateBody;
}

export function describeStack(ref: StackRef, stack: Stack | undefined): StackDescription {
  const status = stackStatus(stack?.StackStatus);
  const reason = [stack?.StackStatus, stack?.StackStatusReason].filter(Boolean).join(': ');
  return {
    ref,
    status,
    ...((status === 'failed' || stack?.StackStatus === 'REVIEW_IN_PROGRESS') && { reason }),
    outputs: pairs(stack?.Outputs, ({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    parameters: pairs(stack?.Parameters, ({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    tags: tagsOf(stack),
  };
}

export function tagsOf(stack: Stack | undefined): Record<string, string> {
  return pairs(stack?.Tags, ({ Key, Value }) => [Key, Value]);
}

function pairs<T>(
  items: T[] | undefined,
  pair: (item: T) => [string | undefined, string | undefined],
): Record<string, string> {
  return Object.fromEntries((items ?? []).map(pair).map(([key, value]) => [key ?? '', value ?? '']));
}
