import { paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { StackKind } from '../../contracts/stack';
import { stackRef } from '../../contracts/stack-names';
import type { DeploymentScope } from '../platform';
import { PlatformError } from '../platform-error';
import type { AwsClients } from './clients';
import { describeStack, findStack, openStack } from './stack-session';

export interface DeployedResource {
  logicalId: string;
  /** what the service itself calls it: an ARN, an id or a name */
  physicalId: string;
  type: string;
}

/** What a stack of a deployment made, and the values that it hands out. */
export interface DeployedStack {
  outputs: Record<string, string>;
  resources: DeployedResource[];
}

/**
 * Looks up what a stack made, so that nothing is found by guessing its name. Undefined when there is no such stack;
 * throws what `awsFailure` makes of a failed call.
 */
export async function deployedStack(
  clients: AwsClients,
  scope: DeploymentScope,
  region: string,
  kind: StackKind,
): Promise<DeployedStack | undefined> {
  const session = openStack(clients, stackRef(scope, region, kind));
  const stack = await findStack(session);
  const { status, outputs } = describeStack(session.ref, stack);
  if (!stack || status === 'absent') return undefined;
  const resources: DeployedResource[] = [];
  const pages = paginateListStackResources(
    { client: session.cloudFormation },
    { StackName: stack.StackId ?? session.ref.name },
  );
  const read = async () => {
    for await (const { StackResourceSummaries } of pages) {
      for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of StackResourceSummaries ?? []) {
        if (!LogicalResourceId || !PhysicalResourceId || !ResourceType) continue;
        resources.push({ logicalId: LogicalResourceId, physicalId: PhysicalResourceId, type: ResourceType });
      }
    }
  };
  await session.call(read());
  return { outputs, resources };
}

/** The service's own names of what a stack made of one type. */
export function physicalIds(stack: DeployedStack, type: string): string[] {
  return stack.resources.filter((resource) => resource.type === type).map(({ physicalId }) => physicalId);
}

/** A value that the stack hands out; `Platform.Refused` when it has none. */
export function outputValue(stack: DeployedStack, name: string, region: string): string {
  const value = stack.outputs[name];
  if (value) return value;
  throw new PlatformError('Platform.Refused', `the stack in ${region} has no output ${name}: deploy it again`, {
    region,
  });
}
