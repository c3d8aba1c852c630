import type { Compensation } from '../contracts/compensation';
import type { Intent } from '../contracts/record';
import type { PlatformKind } from '../contracts/region';
import {
  type BeforeImage,
  type StackArtifact,
  type StackDescription,
  type StackRef,
  type SymbolicParameter,
  TAG_APPLICATION,
  TAG_ENVIRONMENT,
  TAG_GENERATION,
} from '../contracts/stack';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { CallContext, Platform, StackChange } from '../platforms/platform';
import { PlatformError } from '../platforms/platform-error';
import type { ActivityDependencies } from './dependencies';
import { recordIntent } from './records';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
import { stackToken } from './support/token';

/** Which deployment, which attempt, on which platform: what every act on a stack must say. */
export interface StackScope extends DeploymentKey {
  platform: PlatformKind;
  generation: number;
}

/** What a change may do; see `StackChange` of the platform port. */
export type ApplyOptions = Pick<StackChange, 'approved' | 'protect' | 'revertDrift'>;

export interface ApplyStackInput extends StackScope, ApplyOptions {
  artifact: StackArtifact;
  /** the other stacks of this deployment, where symbolic parameters find their outputs */
  refs: StackRef[];
}

/** Acts on stacks. Before each act its intent is recorded; tokens make a repeated act the same act. */
export function createStackActivities(deps: ActivityDependencies) {
  return {
    /** What stands where stacks are about to be written, in the order of `refs`; templates are kept as artifacts. */
    readBeforeImages: (input: StackScope & { refs: StackRef[] }): Promise<BeforeImage[]> =>
      withHeartbeat(() =>
        Promise.all(input.refs.map((ref) => readBeforeImage(deps, deps.platform(input.platform), ref))),
      ),

    applyStack: (input: ApplyStackInput): Promise<StackDescription> =>
      withHeartbeat(async (context) => {
        const platform = deps.platform(input.platform);
        const template = await deps.artifacts.get(input.artifact.template);
        const parameters = await resolveParameters(platform, input);
        const { ref, digest } = input.artifact;
        const token = stackToken({ generation: input.generation, ref, verb: 'apply', digest });
        const tags = tagsOf(input);
        const { approved, protect, revertDrift } = input;
        const options = {
          ...(approved && { approved }),
          ...(protect && { protect }),
          ...(revertDrift && { revertDrift }),
        };
        await refuseLate(deps, input, ref);
        return withIntent(deps, input, ref, 'apply', token, () =>
          platform.stacks.apply({ ref, template, parameters, tags, token, ...options }, context),
        );
      }),

    /**
     * Undoes what one generation did to one stack; see contracts/compensation.ts for what is never done. Says which
     * resources a rollback left out on the way, if any.
     */
    compensateStack: (
      input: StackScope & { compensation: Compensation },
    ): Promise<Pick<StackDescription, 'skipped'> | undefined> =>
      withHeartbeat((context) => compensate(deps, input, input.compensation, context)),

    /** Deletes a stack whatever its generation: for retiring, and for a region that leaves and was approved to leave. */
    retireStack: (input: StackScope & { ref: StackRef }): Promise<void> =>
      withHeartbeat(async (context) => {
        const platform = deps.platform(input.platform);
        const token = stackToken({ generation: input.generation, ref: input.ref, verb: 'destroy', digest: 'retire' });
        await withIntent(deps, input, input.ref, 'destroy', token, () =>
          platform.stacks.destroy({ ref: input.ref, token }, context),
        );
      }),

    /** Everything of a deployment that the platform still has. */
    listStacks: (input: StackScope & { account: string }): Promise<StackDescription[]> =>
      deps.platform(input.platform).stacks.list(input),
  };
}

async function readBeforeImage(deps: ActivityDependencies, platform: Platform, ref: StackRef): Promise<BeforeImage> {
  const found = await platform.stacks.describe(ref);
  if (found.status === 'absent') return { state: 'absent' };
  const template = await platform.stacks.template(ref);
  if (template === undefined) return { state: 'absent' };
  return {
    state: 'present',
    template: await deps.artifacts.put(template, 'json'),
    parameters: found.parameters,
    generation: Number(found.tags[TAG_GENERATION] ?? 0),
  };
}

async function compensate(
  deps: ActivityDependencies,
  scope: StackScope,
  compensation: Compensation,
  context: CallContext,
): Promise<Pick<StackDescription, 'skipped'> | undefined> {
  const { stacks } = deps.platform(scope.platform);
  const { ref, generation } = compensation;
  if (compensation.act === 'delete-own') {
    const token = stackToken({ generation, ref, verb: 'destroy', digest: 'compensation' });
    await withIntent(deps, scope, ref, 'destroy', token, () =>
      stacks.destroy({ ref, token, onlyGeneration: generation }, context),
    );
    return undefined;
  }
  await refuseLate(deps, scope, ref);
  const { template, parameters, generation: before } = compensation.before;
  const token = stackToken({ generation, ref, verb: 'restore', digest: template.sha256 });
  const tags = tagsOf({ ...scope, generation: before });
  const text = await deps.artifacts.get(template);
  const restore = { ref, template: text, parameters, tags, token };
  const act = () => stacks.apply(restore, context);
  const { skipped } = await withIntent(deps, scope, ref, 'apply', token, act, 'undone');
  return skipped && { skipped };
}

/** An attempt that stood still while a newer generation acted must not write over what that one made. */
async function refuseLate(deps: ActivityDependencies, scope: StackScope, ref: StackRef): Promise<void> {
  const { intents } = await deps.records.load(scope);
  const newer = intents.find(
    (one) => one.generation > scope.generation && one.ref.name === ref.name && one.ref.region === ref.region,
  );
  if (!newer) return;
  const what = `${ref.name} in ${ref.region}`;
  const message = `generation: ${scope.generation} comes too late: generation ${newer.generation} acted on ${what} since`;
  throw failure('Record.Conflict', message, { region: ref.region });
}

async function withIntent<R>(
  deps: ActivityDependencies,
  scope: StackScope,
  ref: StackRef,
  verb: 'apply' | 'destroy',
  token: string,
  act: () => Promise<R>,
  settled: Intent['state'] = verb === 'destroy' ? 'undone' : 'done',
): Promise<R> {
  const intent = { ref, verb, generation: scope.generation, token } as const;
  await recordIntent(deps, scope, { ...intent, state: 'open' });
  const result = await act();
  await recordIntent(deps, scope, { ...intent, state: settled });
  return result;
}

/** Each source is asked once, whatever many of its outputs are needed: providers count their callers' questions. */
async function resolveParameters(platform: Platform, input: ApplyStackInput): Promise<Record<string, string>> {
  const asked = new Map<string, Promise<StackDescription>>();
  const describe = (ref: StackRef) => {
    const key = `${ref.region}/${ref.name}`;
    const answer = asked.get(key) ?? platform.stacks.describe(ref);
    asked.set(key, answer);
    return answer;
  };
  const resolved: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(input.artifact.parameters)) {
    resolved[name] = await resolveParameter(describe, input.refs, name, parameter);
  }
  return resolved;
}

async function resolveParameter(
  describe: (ref: StackRef) => Promise<StackDescription>,
  refs: StackRef[],
  name: string,
  parameter: SymbolicParameter,
): Promise<string> {
  if ('value' in parameter) return parameter.value;
  const { region, kind, name: output } = parameter.output;
  const source = refs.find((ref) => ref.region === region && ref.kind === kind);
  const value = source && (await describe(source)).outputs[output];
  if (value !== undefined) return value;
  throw new PlatformError(
    'Platform.Refused',
    `parameter ${name} needs output ${output} of stack ${kind} in ${region}, which that stack does not have`,
    { region, resource: output },
  );
}

export function tagsOf({ application, environment, generation }: DeploymentKey & { generation: number }) {
  return {
    [TAG_APPLICATION]: application,
    [TAG_ENVIRONMENT]: environment,
    [TAG_GENERATION]: String(generation),
  };
}
