import { LabError } from '../lab-error';
import { killMarked } from '../processes/kill-marked';
import { startRegionProcess } from './base-stack';
import type { LabFault } from './daemon-protocol';
import type { Lab, Site } from './lab-state';
import { Locks } from './locks';

/**
 * The faults of a lab. A fault is on record from the moment it is asked for until it has been undone completely; what
 * fails half-way stays on record, and asking again completes it. Acts on one place run one after the other.
 */
export class Faults {
  private readonly locks = new Locks();

  constructor(private readonly lab: Lab) {}

  /**
   * Injects a fault once: the same id again is the same fault. Returns the time (ISO) from which on it was in force: a
   * killed region did nothing after it.
   */
  inject(id: string, fault: LabFault): Promise<{ at: string }> {
    const { faults, log } = this.lab;
    // on record before it is this one's turn, so that an undo that comes meanwhile finds it and waits
    if (!faults.has(id)) faults.set(id, { fault });
    return this.locks.run(placeOf(fault), async () => {
      const known = faults.get(id);
      if (known?.at) return { at: known.at };
      faults.set(id, { fault });
      const at = (await strike(this.lab, id, fault)).toISOString();
      faults.set(id, { fault, at });
      log(`fault ${id}: ${JSON.stringify(fault)}`);
      return { at };
    });
  }

  /** Undoes a fault; one that is not there is success. A region gets its power back: services start, databases stay down. */
  async undo(id: string): Promise<Record<string, never>> {
    const { faults, log } = this.lab;
    const known = faults.get(id);
    if (!known) return {};
    const { fault } = known;
    return this.locks.run(placeOf(fault), async () => {
      if (!faults.has(id)) return {};
      // no longer in force as a whole: injecting it again would have to strike again
      faults.set(id, { fault });
      await heal(this.lab, id, fault);
      faults.delete(id);
      log(`fault ${id} undone`);
      return {};
    });
  }
}

function placeOf(fault: LabFault): string {
  return fault.kind === 'kill-region' ? fault.region : `${fault.from} ${fault.to}`;
}

async function strike(lab: Lab, id: string, fault: LabFault): Promise<Date> {
  switch (fault.kind) {
    case 'kill-region':
      return kill(sitesIn(lab, fault.region));
    case 'cut-link':
      await lab.network.setFault({ id, kind: 'cut', from: fault.from, to: fault.to });
      return new Date();
    case 'slow-link':
      await lab.network.setFault({ id, kind: 'slow', from: fault.from, to: fault.to, factor: fault.factor });
      return new Date();
  }
}

/** A region without a site has nothing to kill: it is dead from now on. */
async function kill(sites: Site[]): Promise<Date> {
  const killed = await Promise.all(sites.map(({ marker }) => killMarked(marker)));
  // until this process has heard of the end, the region would still count as alive
  await Promise.all(sites.map(({ process }) => process?.gone));
  return killed.length > 0 ? new Date(Math.max(...killed.map(({ at }) => at.getTime()))) : new Date();
}

async function heal(lab: Lab, id: string, fault: LabFault): Promise<void> {
  if (fault.kind !== 'kill-region') return lab.network.clearFault(id);
  const { region } = fault;
  const others = [...lab.faults].filter(([other]) => other !== id).map(([, { fault }]) => fault);
  if (others.some((other) => other.kind === 'kill-region' && other.region === region)) return;
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

function sitesIn({ deployments }: Lab, region: string): Site[] {
  return [...deployments.values()].flatMap(({ sites }) => sites.get(region) ?? []);
}
