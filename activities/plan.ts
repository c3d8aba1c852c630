import type { ArtifactRef } from '../contracts/artifact';
import type { Finding } from '../contracts/finding';
import type { DeploymentPlan } from '../contracts/plan';
import type { PlatformKind } from '../contracts/region';
import { type RegionSpec, regionSpecSchema } from '../contracts/region-spec';
import type { ReplicationPlan } from '../contracts/replication';
import type { DeploymentRequest } from '../contracts/request';
import type { Rollout } from '../contracts/rollout';
import type { BeforeImage, PlannedChange, StackArtifact, StackRef } from '../contracts/stack';
import type { Topology } from '../contracts/topology';
import type { DeploymentKey } from '../contracts/workflow-ids';
import { integratePlatform } from '../skills/cloud-platform-integrator/skill';
import { planReplication } from '../skills/database-optimization-analyzer/skill';
import { designRollout, inversePlan, irreversibleItems } from '../skills/deployment-strategy-designer/skill';
import { buildRegionSpecs, buildTraffic, generateTemplates } from '../skills/iac-template-generator/skill';
import { validateSecurity, validateTemplates } from '../skills/networksec-architecture-validator/skill';
import type { ActivityDependencies } from './dependencies';
import { tagsOf } from './stacks';
import { withHeartbeat } from './support/call-context';
import { sha256 } from './support/token';

export interface GeneratedTemplates {
  stacks: StackArtifact[];
  documents: Array<{ name: string; artifact: ArtifactRef }>;
  /** RegionSpecs of all regions, JSON */
  specs: ArtifactRef;
}

export interface GenerateInput {
  request: DeploymentRequest;
  topology: Topology;
  replication: ReplicationPlan;
  /** the canary: its base stack is made first */
  firstRegion: string;
}

export interface PlanStacksInput extends DeploymentKey {
  platform: PlatformKind;
  generation: number;
  stacks: StackArtifact[];
}

/** What the platform says it would do to one stack. */
export interface StackPlan {
  ref: StackRef;
  before: BeforeImage['state'];
  changes: PlannedChange[];
}

export interface SealPlanInput {
  topology: Topology;
  rollout: Rollout;
  replication: ReplicationPlan;
  templates: GeneratedTemplates;
  findings: Finding[];
  stackPlans: StackPlan[];
}

/** The skills that turn a topology into a plan, one activity each, and the plan's own digest. */
export function createPlanActivities(deps: ActivityDependencies) {
  return {
    planReplication: async (input: { request: DeploymentRequest; topology: Topology }): Promise<ReplicationPlan> =>
      planReplication(input),

    designRollout: async (input: { request: DeploymentRequest; topology: Topology }): Promise<Rollout> =>
      designRollout(input),

    generateTemplates: (input: GenerateInput): Promise<GeneratedTemplates> => renderAndStore(deps, input),

    validateSecurity: (input: { request: DeploymentRequest; templates: GeneratedTemplates }): Promise<Finding[]> =>
      gate(deps, input),

    /** Asks the platform what each stack would change; nothing is touched. */
    planStacks: (input: PlanStacksInput): Promise<StackPlan[]> => withHeartbeat(() => planStacks(deps, input)),

    /** Computes the way back and seals the whole plan with a digest: what a person approves. */
    sealPlan: async (input: SealPlanInput): Promise<DeploymentPlan> => sealPlan(input),
  };
}

async function renderAndStore({ artifacts }: ActivityDependencies, input: GenerateInput): Promise<GeneratedTemplates> {
  const { application, environment, account } = input.request;
  const specs = buildRegionSpecs(input);
  const traffic = buildTraffic(input.request, input.topology);
  const generated = generateTemplates({
    specs,
    traffic,
    account,
    application,
    environment,
    firstRegion: input.firstRegion,
  });
  const wiring = {
    name: 'wiring.json',
    content: `${JSON.stringify(integratePlatform({ specs, traffic }), undefined, 2)}\n`,
  };
  const stacks = await Promise.all(
    generated.stacks.map(async ({ ref, template, parameters, resources }): Promise<StackArtifact> => {
      const stored = await artifacts.put(template, 'json');
      const digest = sha256(`${stored.sha256}\n${JSON.stringify(Object.entries(parameters).sort())}`);
      return { ref, template: stored, parameters, resources, resourceTypes: countTypes(template), digest };
    }),
  );
  const documents = await Promise.all(
    [...generated.documents, wiring].map(async ({ name, content }) => ({
      name,
      artifact: await artifacts.put(content, name.split('.').at(-1) ?? 'txt'),
    })),
  );
  return { stacks, documents, specs: await artifacts.put(JSON.stringify(specs), 'json') };
}

async function gate(
  { artifacts }: ActivityDependencies,
  { request, templates }: { request: DeploymentRequest; templates: GeneratedTemplates },
): Promise<Finding[]> {
  const specs: RegionSpec[] = regionSpecSchema.array().parse(JSON.parse(await artifacts.get(templates.specs)));
  const stacks = await Promise.all(
    templates.stacks.map(async ({ ref, template }) => ({ ref, template: await artifacts.get(template) })),
  );
  const residency = {
    jurisdictions: request.compliance.residency,
    personalStores: request.dataStores.filter(({ personalData }) => personalData).map(({ name }) => name),
  };
  return [...validateSecurity({ specs, stacks, residency }), ...(await validateTemplates(stacks))];
}

/** What every stack would change, and what stands there now. Asks for all stacks at once: most of it is waiting. */
async function planStacks({ artifacts, platform }: ActivityDependencies, input: PlanStacksInput): Promise<StackPlan[]> {
  const { stacks } = platform(input.platform);
  return Promise.all(
    input.stacks.map(async ({ ref, template }) => {
      const described = await stacks.describe(ref);
      const planned = {
        ref,
        template: await artifacts.get(template),
        parameters: described.parameters,
        tags: tagsOf(input),
      };
      return { ref, before: described.status === 'absent' ? 'absent' : 'present', changes: await stacks.plan(planned) };
    }),
  );
}

function sealPlan({ stackPlans, templates, topology, rollout, replication, findings }: SealPlanInput): DeploymentPlan {
  const changes = stackPlans.map((plan) => ({ ...plan, broadening: [] }));
  const befores = stackPlans.map(({ before }) => before);
  const sealed = {
    topology,
    rollout,
    replication,
    specs: templates.specs,
    stacks: templates.stacks,
    changes,
    removals: [],
    findings,
    inverse: inversePlan(templates.stacks, befores),
    irreversible: irreversibleItems({ stacks: templates.stacks, changes: changes.flatMap((one) => one.changes) }),
    documents: templates.documents,
  };
  return { digest: sha256(JSON.stringify(sealed, withoutUri)), ...sealed };
}

/** What is approved is the content: where a copy of it lies says nothing about it. */
function withoutUri(key: string, value: unknown): unknown {
  return key === 'uri' ? undefined : value;
}

function countTypes(template: string): Record<string, number> {
  const resources: Record<string, { Type: string }> = JSON.parse(template).Resources ?? {};
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}
