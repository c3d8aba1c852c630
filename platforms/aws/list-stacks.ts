import { paginateDescribeStacks, type Stack } from '@aws-sdk/client-cloudformation';
import { REGION_IDS, regionFact } from '../../catalog/regions';
import { type StackDescription, stackKindSchema, TAG_APPLICATION, TAG_ENVIRONMENT } from '../../contracts/stack';
import type { DeploymentScope } from '../platform';
import { awsFailure, errorName } from './aws-failure';
import type { AwsClients } from './clients';
import { describeStack, tagsOf } from './stack-session';

const AT_ONCE = 7;

/** How AWS answers in a region that an account has not enabled. */
const NOT_ENABLED = /^(OptInRequired|AuthFailure|UnrecognizedClientException|InvalidClientTokenId)$/;

/** All stacks with the tags of a deployment, in all regions of the catalog that are enabled in the account. */
export async function listStacks(clients: AwsClients, scope: DeploymentScope): Promise<StackDescription[]> {
  const waiting = [...REGION_IDS];
  const found: StackDescription[] = [];
  const worker = async () => {
    for (let region = waiting.shift(); region; region = waiting.shift()) {
      found.push(...(await stacksOf(clients, scope, region)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found.sort((one, other) => one.ref.region.localeCompare(other.ref.region));
}

async function stacksOf(clients: AwsClients, scope: DeploymentScope, region: string): Promise<StackDescription[]> {
  const { account } = scope;
  const found: StackDescription[] = [];
  try {
    for await (const page of paginateDescribeStacks({ client: clients.cloudFormation({ account, region }) }, {})) {
      for (const stack of page.Stacks ?? []) {
        const description = ofDeployment(stack, scope, region);
        if (description) found.push(description);
      }
    }
  } catch (error) {
    if (regionFact(region).optIn && NOT_ENABLED.test(errorName(error))) return [];
    throw awsFailure(error, { account, region, identity: clients.identity(account) });
  }
  return found;
}

function ofDeployment(stack: Stack, scope: DeploymentScope, region: string): StackDescription | undefined {
  const tags = tagsOf(stack);
  if (tags[TAG_APPLICATION] !== scope.application || tags[TAG_ENVIRONMENT] !== scope.environment) return undefined;
  const name = stack.StackName ?? '';
  const kind = stackKindSchema.safeParse(name.slice(name.lastIndexOf('-') + 1));
  // a nested stack inherits the tags of its parent and goes with it
  if (!kind.success || stack.ParentId) return undefined;
  return describeStack({ account: scope.account, region, kind: kind.data, name }, stack);
}
