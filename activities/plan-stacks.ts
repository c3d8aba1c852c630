import type { PlatformKind } from '../contracts/region';
import type {
  BeforeImage,
  PlannedChange,
  StackArtifact,
  StackDescription,
  StackRef,
  SymbolicParameter,
} from '../contracts/stack';
import type { DeploymentKey } from '../contracts/workflow-ids';
import type { CallContext } from '../platforms/platform';
import { withDriftReverted } from '../policies/drift-changes';
import { changedValues } from '../skills/deployment-strategy-designer/skill';
import { broadening } from '../skills/networksec-architecture-validator/broadening';
import type { ActivityDependencies } from './dependencies';
import { tagsOf } from './stacks';

export interface PlanStacksInput extends DeploymentKey {
  platform: PlatformKind;
  generation: number;
  stacks: StackArtifact[];
  /** also plan to return what was changed by hand to what the templates say */
  revertDrift?: boolean;
}

/** What the platform says it would do to one stack. */
export interface StackPlan {
  ref: StackRef;
  before: BeforeImage['state'];
  changes: PlannedChange[];
  /** permissions and network openings that become wider, one line each; empty for a new stack */
  broadening: string[];
}

/** What every stack would change, and what stands there now. Asks for all stacks at once: most of it is waiting. */
export async function planStacks(
  { artifacts, platform }: ActivityDependencies,
  input: PlanStacksInput,
  context: CallContext,
): Promise<StackPlan[]> {
  const { stacks: port } = platform(input.platform);
  const looked = await Promise.all(
    input.stacks.map(async (artifact) => ({ artifact, present: await port.describe(artifact.ref) })),
  );
  const all = looked.map(({ present }) => present);
  return Promise.all(
    looked.map(async ({ artifact, present }): Promise<StackPlan> => {
      const { ref } = artifact;
      const template = await artifacts.get(artifact.template);
      const change = { ref, template, parameters: likelyParameters(artifact, present, all) };
      // With the tags that the apply will set: what is planned and what is done are the same question.
      const tags = tagsOf(input);
      if (present.status === 'absent') {
        return { ref, before: 'absent', changes: await port.plan({ ...change, tags }), broadening: [] };
      }
      const { revertDrift } = input;
      const planned = await port.plan({ ...change, tags, ...(revertDrift && { revertDrift }) });
      const changes = revertDrift ? withDriftReverted(planned, (await port.drift(ref, context)).drifted) : planned;
      const standing = (await port.template(ref)) ?? '{}';
      const values = changedValues(standing, template);
      return {
        ref,
        before: 'present',
        changes: changes.map((line) => ({
          ...line,
          ...(values.has(line.resource) && { values: values.get(line.resource) }),
        })),
        broadening: broadening(standing, template),
      };
    }),
  );
}

/**
 * The parameters as they will be, as far as that can be known: what is written down, outputs of stacks that exist, else
 * what is passed now. Outputs that nobody knows yet get a text that says so: the resources that use them change.
 */
function likelyParameters(
  { parameters }: StackArtifact,
  present: StackDescription,
  all: StackDescription[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      knownValue(parameter, all) ?? present.parameters[name] ?? 'known-when-applied',
    ]),
  );
}

function knownValue(parameter: SymbolicParameter, all: StackDescription[]): string | undefined {
  if ('value' in parameter) return parameter.value;
  const { region, kind, name } = parameter.output;
  return all.find(({ ref }) => ref.region === region && ref.kind === kind)?.outputs[name];
}
