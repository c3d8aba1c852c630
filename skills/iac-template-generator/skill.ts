import type { RegionSpec } from '../../contracts/region-spec';
import type { StackKind } from '../../contracts/stack';
import { deployScript } from './deploy-script';
import { renderBase } from './render-base';
import { renderConnectivity } from './render-connectivity';
import { renderData } from './render-data';
import { renderTraffic } from './render-traffic';
import type { GeneratedStack, GeneratedTemplates, GenerateTemplatesInput, RenderedStack } from './schema';
import { GLOBAL_STACK_REGION, stackRef } from './stack-names';

export { buildRegionSpecs } from './build-region-specs';
export { buildTraffic } from './build-traffic';

/**
 * Skill `iac-template-generator`: every stack of a deployment, in the order in which they are made, and the script that
 * makes them by hand. Pure and deterministic: equal input gives equal bytes. No generation and no time is inside; what
 * one attempt adds to a stack travels in its tags.
 *
 * Stacks that would be empty are left out: connectivity without peerings, data without databases.
 */
export function generateTemplates(input: GenerateTemplatesInput): GeneratedTemplates {
  const specs = firstRegionFirst(input);
  const stack = (region: string, kind: StackKind, rendered: RenderedStack): GeneratedStack => ({
    ref: stackRef(input, region, kind),
    ...rendered,
  });
  const stacks = [
    ...specs.map((spec, index) =>
      stack(spec.region, 'base', renderBase(spec, index === 0 ? others(specs, spec) : undefined)),
    ),
    ...input.specs.filter(hasPeerings).map((spec) => stack(spec.region, 'connectivity', renderConnectivity(spec))),
    ...primariesFirst(input.specs).map((spec) => stack(spec.region, 'data', renderData(spec))),
    stack(GLOBAL_STACK_REGION, 'preview', renderTraffic(input.traffic.preview, input)),
    stack(GLOBAL_STACK_REGION, 'global', renderTraffic(input.traffic.production, input)),
  ];
  return { stacks, documents: [{ name: 'deploy.sh', content: deployScript(stacks, input) }] };
}

/** The base stack that is made first holds the credentials that tasks of every region start with. */
function firstRegionFirst({ specs, firstRegion }: GenerateTemplatesInput): RegionSpec[] {
  if (firstRegion === undefined) return specs;
  const first = specs.filter((spec) => spec.region === firstRegion);
  if (first.length === 0) throw new Error(`firstRegion: ${firstRegion} is not one of the regions of the deployment`);
  return [...first, ...specs.filter((spec) => spec.region !== firstRegion)];
}

function others(specs: RegionSpec[], one: RegionSpec): string[] {
  return specs.filter((spec) => spec.region !== one.region).map((spec) => spec.region);
}

/** Peerings are requested by the earlier region of each pair: the order of the specs makes every one before it is used. */
function hasPeerings(spec: RegionSpec): boolean {
  return spec.peerings.length > 0;
}

/** A replica needs the ARN of its primary, so every region comes after the regions its replicas follow. */
function primariesFirst(specs: RegionSpec[]): RegionSpec[] {
  const waiting = specs.filter((spec) => spec.databases.length > 0);
  const made: RegionSpec[] = [];
  while (waiting.length > 0) {
    const isReady = (spec: RegionSpec) =>
      spec.databases.every(({ sourceRegion }) => !sourceRegion || made.some(({ region }) => region === sourceRegion));
    const next = waiting.findIndex(isReady);
    const [spec] = next < 0 ? [] : waiting.splice(next, 1);
    if (!spec) {
      throw new Error(
        `data stacks of ${waiting.map(({ region }) => region).join(', ')} wait for one another: give their stores one primary region`,
      );
    }
    made.push(spec);
  }
  return made;
}
