import type { StackPort } from '../platform';
import { type ApplyOptions, applyStack } from './apply-stack';
import type { AwsClients } from './clients';
import { destroyStack } from './destroy-stack';
import { stackDrift } from './drift';
import { listStacks } from './list-stacks';
import { planStack } from './plan-stack';
import { appliedTemplate, describeStack, findStack, openStack } from './stack-session';

/** Stacks on AWS CloudFormation; docs/aws.md says how they behave. */
export function awsStacks(clients: AwsClients, options: ApplyOptions): StackPort {
  return {
    describe: async (ref) => describeStack(ref, await findStack(openStack(clients, ref))),
    template: async (ref) => {
      const session = openStack(clients, ref);
      return appliedTemplate(session, await findStack(session));
    },
    plan: (change) => planStack(openStack(clients, change.ref), change, options),
    drift: (ref, context) => stackDrift(openStack(clients, ref), context),
    apply: (change, context) => applyStack(openStack(clients, change.ref), change, context, options),
    destroy: (input, context) => destroyStack(openStack(clients, input.ref), input, context),
    list: (scope) => listStacks(clients, scope),
  };
}
