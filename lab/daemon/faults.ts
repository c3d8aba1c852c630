import { LabError } from '../lab-error';
import { killMarked } from '../processes/kill-marked';
import { startRegionProcess } from './base-stack';
import type { LabFault } from './daemon-protocol';
import type { Lab, Site } from './lab-state';

/** Injects a fault once: the same id again is the same fault. Returns the time at which it struck (ISO). */
export async function injectFault(lab: Lab, id: string, fault: LabFault): Promise<{ at: string }> {
  const known = lab.faults.get(id);
  if (known) return { at: known.at };
  const at = new Date().toISOString();
  lab.faults.set(id, { fault, at });
  lab.log(`fault ${id}: ${JSON.stringify(fault)}`);
  switch (fault.kind) {
    case 'kill-region':
      await Promise.all(sitesIn(lab, fault.region).map(({ marker }) => killMarked(marker)));
      break;
    case 'cut-link':
      await lab.network.setFault({ id, kind: 'cut', from: fault.from, to: fault.to });
      break;
    case 'slow-link':
      await lab.network.setFault({ id, kind: 'slow', from: fault.from, to: fault.to, factor: fault.factor });
      break;
  }
  return { at };
}

/** Undoes a fault; one that is not there is success. A region gets its power back: services start, databases stay down. */
export async function undoFault(lab: Lab, id: string): Promise<Record<string, never>> {
  const known = lab.faults.get(id);
  if (!known) return {};
  if (known.fault.kind !== 'kill-region') await lab.network.clearFault(id);
  lab.faults.delete(id);
  lab.log(`fault ${id} undone`);
  if (known.fault.kind === 'kill-region') await powerUp(lab, known.fault.region);
  return {};
}

async function powerUp(lab: Lab, region: string): Promise<void> {
  if ([...lab.faults.values()].some(({ fault }) => fault.kind === 'kill-region' && fault.region === region)) return;
  await Promise.all(sitesIn(lab, region).map((site) => restart(lab, site)));
}

async function restart(lab: Lab, site: Site): Promise<void> {
  await startRegionProcess(lab, site);
  await site.process?.call('configure', { services: site.services }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError('Platform.StackFailed', `region ${site.region} has power again, but ${reason}`, {
      region: site.region,
    });
  });
}

function sitesIn(lab: Lab, region: string): Site[] {
  return [...lab.deployments.values()].flatMap(({ sites }) => sites.get(region) ?? []);
}
