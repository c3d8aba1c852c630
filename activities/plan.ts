import type { ArtifactRef } from '../contracts/artifact';
import type { Finding } from '../contracts/finding';
import type { DeploymentPlan } from '../contracts/plan';
import { type RegionSpec, regionSpecSchema } from '../contracts/region-spec';
import type { ReplicationPlan } from '../contracts/replication';
import type { DeploymentRequest } from '../contracts/request';
import type { Rollout } from '../contracts/rollout';
import type { StackArtifact } from '../contracts/stack';
import type { Topology } from '../contracts/topology';
import { integratePlatform } from '../skills/cloud-platform-integrator/skill';
import { planReplication } from '../skills/database-optimization-analyzer/skill';
import { designRollout } from '../skills/deployment-strategy-designer/skill';
import { buildRegionSpecs, buildTraffic, generateTemplates } from '../skills/iac-template-generator/skill';
import { validateSecurity, validateTemplates } from '../skills/networksec-architecture-validator/skill';
import type { ActivityDependencies } from './dependencies';
import { type PlanStacksInput, planStacks, type StackPlan } from './plan-stacks';
import { type SealPlanInput, sealPlan } from './seal-plan';
import type { ArtifactStore } from './store-port';
import { withHeartbeat } from './support/call-context';
import { failure } from './support/failures';
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
  /** what carries production traffic now: its networks never move, nor what its first region holds for all */
  live?: { specs: ArtifactRef; firstRegion: string };
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
    planStacks: (input: PlanStacksInput): Promise<StackPlan[]> =>
      withHeartbeat((context) => planStacks(deps, input, context)),

    /** Computes the way back and seals the whole plan with a digest: what a person approves. */
    sealPlan: async (input: SealPlanInput): Promise<DeploymentPlan> => sealPlan(input),
  };
}

async function renderAndStore({ artifacts }: ActivityDependencies, input: GenerateInput): Promise<GeneratedTemplates> {
  const { request, topology, replication } = input;
  const { application, environment, account } = request;
  const firstRegion = firstRegionOf(input);
  const live = input.live && { ...input.live, specs: await readSpecs(artifacts, input.live.specs) };
  const specs = buildRegionSpecs({ request, topology, replication, ...(live && { live }) });
  const traffic = buildTraffic(request, topology);
  const generated = generateTemplates({ specs, traffic, account, application, environment, firstRegion });
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

/** Credentials are made in the first region and copied to the others: it stays the first for as long as anything lives. */
function firstRegionOf({ live, firstRegion, topology }: GenerateInput): string {
  if (!live || topology.regions.some(({ region }) => region === live.firstRegion))
    return live?.firstRegion ?? firstRegion;
  throw failure(
    'Plan.Blocked',
    `${live.firstRegion} holds the credentials that all regions share and cannot leave: keep it in regions.wanted, or retire the deployment first`,
    { region: live.firstRegion },
  );
}

async function readSpecs(artifacts: ArtifactStore, ref: ArtifactRef): Promise<RegionSpec[]> {
  return regionSpecSchema.array().parse(JSON.parse(await artifacts.get(ref)));
}

async function gate(
  { artifacts }: ActivityDependencies,
  { request, templates }: { request: DeploymentRequest; templates: GeneratedTemplates },
): Promise<Finding[]> {
  const specs = await readSpecs(artifacts, templates.specs);
  const stacks = await Promise.all(
    templates.stacks.map(async ({ ref, template }) => ({ ref, template: await artifacts.get(template) })),
  );
  const residency = {
    jurisdictions: request.compliance.residency,
    personalStores: request.dataStores.filter(({ personalData }) => personalData).map(({ name }) => name),
  };
  return [...validateSecurity({ specs, stacks, residency }), ...(await validateTemplates(stacks))];
}

function countTypes(template: string): Record<string, number> {
  const resources: Record<string, { Type: string }> = JSON.parse(template).Resources ?? {};
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}
