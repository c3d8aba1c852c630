import { LabError } from '../lab-error';
import { readTemplate } from '../template-reader/read-template';
import type { TemplateReading } from '../template-reader/template-reading';
import { applyBase, destroyBase } from './base-stack';
import { syncDataPlane } from './data-plane';
import { applyData, destroyData } from './data-stack';
import { type Deployment, type Lab, type Stack, siteOf } from './lab-state';
import { strikeRefusedApply } from './planted-faults';
import { hasNoPower } from './power';
import { applyTraffic, destroyTraffic } from './traffic-stack';

/** Reads what a stack's template says. Throws what a planted fault or the reader says; both fail the stack. */
export function readStackTemplate(lab: Lab, { ref, template, parameters }: Stack): TemplateReading {
  const reading = readTemplate(template, parameters);
  strikeRefusedApply(lab, ref, template);
  return reading;
}

/** Makes real what a template says. */
export async function applyResources(
  lab: Lab,
  deployment: Deployment,
  stack: Stack,
  reading: TemplateReading,
): Promise<void> {
  const { ref } = stack;
  // global records have no region: the one that their stack is filed under may be dead
  if (reading.kind !== 'traffic') refuseInDeadRegion(lab, deployment, ref.region);
  switch (reading.kind) {
    case 'base':
      return applyBase(lab, deployment, ref.region, reading.services);
    case 'connectivity':
      siteOf(deployment, ref.region).peers = new Set(reading.peerings.map(({ region }) => region));
      await syncDataPlane(lab, deployment);
      return;
    case 'data':
      return applyData(lab, deployment, ref.region, reading.databases);
    case 'traffic':
      return applyTraffic(lab, deployment, ref.name, reading.traffic);
  }
}

/** Undoes all of a stack. Works in a dead region too: what is dead is cleared away. */
export async function destroyResources(lab: Lab, deployment: Deployment, { ref }: Stack): Promise<void> {
  switch (ref.kind) {
    case 'base':
      return destroyBase(lab, deployment, ref.region);
    case 'connectivity':
      deployment.sites.get(ref.region)?.peers.clear();
      await syncDataPlane(lab, deployment);
      return;
    case 'data':
      return destroyData(lab, deployment, ref.region);
    case 'preview':
    case 'global':
      return destroyTraffic(lab, deployment, ref.name);
  }
}

function refuseInDeadRegion(lab: Lab, { account, application, environment }: Deployment, region: string): void {
  if (hasNoPower(lab, { account, application, environment, region }))
    throw new LabError('Platform.Unavailable', `region ${region} does not answer: it lost its power`, { region });
}
