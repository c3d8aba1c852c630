import type { RegionSpec } from '../../contracts/region-spec';
import type { StackKind } from '../../contracts/stack';
import { stackRef } from '../../contracts/stack-names';
import { deployScript } from './deploy-script';
import { renderBase } from './render-base';
import { renderConnectivity } from './render-connectivity';
import { renderData } from './render-data';
import { renderTraffic } from './render-traffic';
import type { GeneratedStack, GeneratedTemplates, GenerateTemplatesInput, RenderedStack } from './schema';
import { GLOBAL_STACK_REGION } from './stack-names';

export { buildRegionSpecs } from './build-region-specs';
export { buildTraffic } from './build-traffic';
export { leavingCopies } from './leaving-copies';

/**
 * Skill `iac-template-generator`: every stack of a deployment, in the order in which they are made, and the script that
 * makes them by hand. Pure and deterministic: equal input gives equal bytes. No generation and no time is inside; what
 * one attempt adds to a stack travels in its tags.
 *
 * Stacks that would be empty are left out: connectivity without peerings, data without databases.
 */
export function generateTemplates(input: GenerateTemplatesInput): GeneratedTemplates {
  const specs = firstRegionFirst(input);
  const writers = writersOf(input.specs);
  const stack = (region: string, kind: StackKind, rendered: RenderedStack): GeneratedStack => ({
    ref: stackRef(input, region, kind),
    ...rendered,
  });
  const stacks = [
    ...specs.map((spec, index) =>
      stack(spec.region, 'base', renderBase(spec, index === 0 ? others(specs, spec) : undefined)),
    ),
    ...inOrderOfNeed(
      input.specs.filter(hasPeerings).map((spec) => stack(spec.region, 'connectivity', renderConnectivity(spec))),
    ),
    ...inOrderOfNeed(input.specs.filter(hasData).map((spec) => stack(spec.region, 'data', renderData(spec, writers)))),
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

function hasPeerings(spec: RegionSpec): boolean {
  return spec.peerings.length > 0;
}

function hasData(spec: RegionSpec): boolean {
  return spec.databases.length > 0 || spec.globalStores.some(({ home }) => home === spec.region);
}

function writersOf(specs: RegionSpec[]): ReadonlyMap<string, string> {
  const primaries = specs.flatMap(({ region, databases }) =>
    databases.filter(({ role }) => role === 'primary').map(({ name }): [string, string] => [name, region]),
  );
  return new Map(primaries);
}

/** Stacks of one kind, each after those whose outputs it is given; otherwise in the order of the plan. */
function inOrderOfNeed(stacks: GeneratedStack[]): GeneratedStack[] {
  const waiting = [...stacks];
  const made: GeneratedStack[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((one) => !waiting.some((other) => other !== one && needs(one, other)));
    const [stack] = next < 0 ? [] : waiting.splice(next, 1);
    if (!stack) {
      const regions = waiting.map(({ ref }) => ref.region).join(', ');
      throw new Error(
        `${waiting[0]?.ref.kind} stacks of ${regions} wait for one another: give their stores one primary region`,
      );
    }
    made.push(stack);
  }
  return made;
}

function needs(one: GeneratedStack, other: GeneratedStack): boolean {
  return Object.values(one.parameters).some(
    (parameter) =>
      'output' in parameter && parameter.output.region === other.ref.region && parameter.output.kind === other.ref.kind,
  );
}
