import type { DeploymentRecord } from '../contracts/record';
import type { PlatformKind } from '../contracts/region';
import type { StackDrift, StackRef } from '../contracts/stack';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { ActivityDependencies } from './dependencies';
import { withHeartbeat } from './support/call-context';

/** Comparing what exists with what was applied. Nothing is touched. */
export function createDriftActivities(deps: ActivityDependencies) {
  return {
    /** What somebody changed by hand in one stack; undefined when the whole stack is missing. */
    readDrift: (input: { platform: PlatformKind; ref: StackRef }): Promise<StackDrift['drifted'] | undefined> =>
      withHeartbeat(async (context) => {
        const { stacks } = deps.platform(input.platform);
        const { status } = await stacks.describe(input.ref);
        if (status === 'absent') return undefined;
        return (await stacks.drift(input.ref, context)).drifted;
      }),

    /** Stacks that carry the deployment's tag and are not among the live ones, each with what the record says of it. */
    listUnknownStacks: async (key: DeploymentKey): Promise<Array<{ ref: StackRef; why: string }>> => {
      const record = await deps.records.load(key);
      const { application, environment, place, live } = record;
      if (!place) return [];
      const { account, platform } = place;
      const found = await deps.platform(platform).stacks.list({ account, application, environment });
      const known = new Set(live?.stacks.map(({ ref }) => nameOf(ref)));
      return found
        .filter(({ ref }) => !known.has(nameOf(ref)))
        .map(({ ref }) => ({ ref, why: whatTheRecordSays(record, ref) }));
    },
  };
}

function whatTheRecordSays({ intents, dark }: DeploymentRecord, ref: StackRef): string {
  const intent = intents.find((one) => nameOf(one.ref) === nameOf(ref));
  if (!intent) return 'the record knows nothing of it: somebody else made it with our tag';
  if (dark?.generation === intent.generation && dark.regions.includes(ref.region))
    return `generation ${intent.generation} keeps it dark until ${dark.expiresAt}`;
  return `made by generation ${intent.generation}, which is not live`;
}

function nameOf({ account, region, name }: StackRef): string {
  return `${account}/${region}/${name}`;
}
