import type { ArtifactRef } from '../contracts/artifact';
import type { Finding } from '../contracts/finding';
import { type RegionSpec, regionSpecSchema } from '../contracts/region-spec';
import type { ReplicationPlan } from '../contracts/replication';
import type { DeploymentRequest } from '../contracts/request';
import type { StackArtifact } from '../contracts/stack';
import type { Topology } from '../contracts/topology';
import { integratePlatform } from '../skills/cloud-platform-integrator/skill';
import {
  buildRegionSpecs,
  buildTraffic,
  leavingCopies,
  generateTemplates as renderTemplates,
} from '../skills/iac-template-generator/skill';
import { validateSecurity, validateTemplates } from '../skills/networksec-architecture-validator/skill';
import type { ActivityDependencies } from './dependencies';
import type { ArtifactStore } from './store-port';
import { failure } from './support/failures';
import { sha256 } from './support/token';

export interface GeneratedTemplates {
  stacks: StackArtifact[];
  documents: Array<{ name: string; artifact: ArtifactRef }>;
  /** RegionSpecs of all regions, JSON */
  specs: ArtifactRef;
  /** what becomes of copies of tables and buckets that a change leaves out, one line each */
  leavingCopies: string[];
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

/** Renders every stack over what is live, and keeps templates, documents and specs as artifacts. */
export async function generateTemplates(
  { artifacts }: ActivityDependencies,
  input: GenerateInput,
): Promise<GeneratedTemplates> {
  const { request, topology, replication } = input;
  const { application, environment, account } = request;
  const firstRegion = firstRegionOf(input);
  const live = input.live && { ...input.live, specs: await readSpecs(artifacts, input.live.specs) };
  const specs = buildRegionSpecs({ request, topology, replication, ...(live && { live }) });
  const traffic = buildTraffic(request, topology);
  const generated = renderTemplates({ specs, traffic, account, application, environment, firstRegion });
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
  return {
    stacks,
    documents,
    specs: await artifacts.put(JSON.stringify(specs), 'json'),
    leavingCopies: live ? leavingCopies(live.specs, specs) : [],
  };
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

/** Findings of both gates over what was rendered; those of high severity block. */
export async function judgeTemplates(
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
