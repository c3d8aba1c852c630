import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStacks,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { StackRef } from '../../contracts/stack';
import type { SeenAct, SeenStack } from './stack-invariants';

export interface SeenOnAws {
  stacks: SeenStack[];
  acts: SeenAct[];
}

const EFFECTS: Record<string, SeenAct['effect']> = {
  CREATE_IN_PROGRESS: 'created',
  UPDATE_IN_PROGRESS: 'changed',
  DELETE_IN_PROGRESS: 'destroyed',
};

/** One stack name on a test cloud, asked directly: what stands, and what its events say that was ever done. */
export async function seenOnAws(client: CloudFormationClient, ref: StackRef): Promise<SeenOnAws> {
  const stacks: SeenStack[] = [];
  const events: StackEvent[] = [];
  for await (const { StackSummaries = [] } of paginateListStacks({ client }, {})) {
    for (const { StackName, StackId = '', StackStatus = '' } of StackSummaries) {
      if (StackName !== ref.name) continue;
      const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: StackId }));
      events.push(...StackEvents.filter(({ PhysicalResourceId }) => PhysicalResourceId === StackId));
      if (StackStatus !== 'DELETE_COMPLETE') stacks.push(await stackOf(client, ref, StackId));
    }
  }
  events.sort((one, other) => Number(one.Timestamp) - Number(other.Timestamp));
  const acts = events.flatMap(({ ResourceStatus = '', ClientRequestToken: token }) => {
    const effect = EFFECTS[ResourceStatus];
    return effect ? [{ ref, effect, ...(token && { token }) }] : [];
  });
  return { stacks, acts };
}

async function stackOf(client: CloudFormationClient, ref: StackRef, StackName: string): Promise<SeenStack> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  const [stack] = Stacks;
  const status = stack?.StackStatus ?? '';
  const ready = /^(CREATE|UPDATE)_COMPLETE$/.test(status);
  const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
  const parameters = (stack?.Parameters ?? []).map((one) => [one.ParameterKey ?? '', one.ParameterValue ?? '']);
  return {
    ref,
    status: ready ? 'ready' : 'failed',
    template: TemplateBody,
    parameters: Object.fromEntries(parameters),
  };
}
