import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../lab-error';
import { killMarked } from '../processes/kill-marked';
import { continueMarked, stopMarked } from '../processes/stop-marked';
import { startRegionProcess } from './base-stack';
import type { LabFault } from './daemon-protocol';
import { syncDataPlane } from './data-plane';
import { databaseOf, deploymentKey, deploymentOf, type Lab, type Scope, type Site } from './lab-state';
import { Locks } from './locks';

/** What could not be undone in time is tried again this often, until it is undone: nobody else may be left to do it. */
const UNDO_AGAIN_MS = 1_000;

/**
 * The faults of a lab; each strikes one deployment, whatever else there is in the same region. A fault is on record from
 * the moment it is asked for until it has been undone completely; what fails half-way stays on record, and asking again
 * completes it. Acts on one place run one after the other.
 */
export class Faults {
  private readonly locks = new Locks();
  /** by fault: when it is undone though nobody asked */
  private readonly deadlines = new Map<string, NodeJS.Timeout>();

  constructor(private readonly lab: Lab) {}

  /**
   * Injects a fault once: the same id again is the same fault. Returns the time (ISO) from which on it was in force: a
   * killed region did nothing after it. With `undoAfterMs` it is undone then, if nobody did before, even if it struck
   * only half-way: whoever asked for it may have died meanwhile.
   */
  inject(id: string, fault: LabFault, scope: Scope, undoAfterMs?: number): Promise<{ at: string }> {
    const { faults, log } = this.lab;
    // on record before it is this one's turn, so that an undo that comes meanwhile finds it and waits
    if (!faults.has(id)) faults.set(id, { fault, scope });
    return this.locks.run(placeOf(fault), async () => {
      const known = faults.get(id);
      if (known?.at) return { at: known.at };
      faults.set(id, { fault, scope });
      if (undoAfterMs !== undefined) this.undoAt(id, undoAfterMs);
      const at = (await strike(this.lab, id, fault, scope)).toISOString();
      faults.set(id, { fault, scope, at });
      log(`fault ${id}: ${JSON.stringify(fault)}`);
      return { at };
    });
  }

  /** Undoes a fault; one that is not there is success. A region gets its power back: services start, databases stay down. */
  async undo(id: string): Promise<Record<string, never>> {
    const { faults, log } = this.lab;
    const known = faults.get(id);
    if (!known) return {};
    const { fault, scope } = known;
    return this.locks.run(placeOf(fault), async () => {
      if (!faults.has(id)) return {};
      // no longer in force as a whole: injecting it again would have to strike again
      faults.set(id, { fault, scope });
      await heal(this.lab, id, fault, scope);
      faults.delete(id);
      clearTimeout(this.deadlines.get(id));
      this.deadlines.delete(id);
      log(`fault ${id} undone`);
      return {};
    });
  }

  /** In place of what was said before: a fault that is injected again begins anew. */
  private undoAt(id: string, inMs: number): void {
    clearTimeout(this.deadlines.get(id));
    this.deadlines.set(id, setTimeout(() => void this.undoLate(id), inMs).unref());
  }

  private async undoLate(id: string): Promise<void> {
    this.lab.log(`fault ${id}: nobody undid it in time`);
    try {
      await this.undo(id);
    } catch (error) {
      this.lab.log(String(error));
      this.undoAt(id, UNDO_AGAIN_MS);
    }
  }
}

function placeOf(fault: LabFault): string {
  return 'region' in fault ? fault.region : `${fault.from} ${fault.to}`;
}

async function strike(lab: Lab, id: string, fault: LabFault, scope: Scope): Promise<Date> {
  const on = { id, of: scope };
  switch (fault.kind) {
    case 'kill-region':
      return kill(siteIn(lab, scope, fault.region));
    case 'freeze-region': {
      const site = siteIn(lab, scope, fault.region);
      if (site) stopMarked(site.marker);
      return new Date();
    }
    case 'kill-database':
      return killDatabase(lab, fault, scope);
    case 'cut-region':
      await lab.network.setFault({ ...on, kind: 'isolate', region: fault.region });
      return new Date();
    case 'cut-link':
      await lab.network.setFault({ ...on, kind: 'cut', from: fault.from, to: fault.to });
      return new Date();
    case 'slow-link':
      await lab.network.setFault({ ...on, kind: 'slow', from: fault.from, to: fault.to, factor: fault.factor });
      return new Date();
  }
}

/** A region without a site has nothing to kill: it is dead from now on. */
async function kill(site: Site | undefined): Promise<Date> {
  if (!site) return new Date();
  const { at } = await killMarked(site.marker);
  // until this process has heard of the end, the region would still count as alive
  await Promise.all([site.process?.gone, site.keeper?.process?.gone]);
  return at;
}

type KillDatabase = Extract<LabFault, { kind: 'kill-database' }>;

/** Without its control file PostgreSQL does not start: the disk is gone, as far as it can tell. */
async function killDatabase(lab: Lab, { region, store, comesBack }: KillDatabase, scope: Scope): Promise<Date> {
  const { marker, dataFolder } = databaseOf(deploymentOf(lab, scope), region, store);
  if (!comesBack) moveControlFile(dataFolder, 'pg_control', 'pg_control.lost');
  return (await killMarked(marker)).at;
}

function moveControlFile(dataFolder: string, from: string, to: string): void {
  const file = (name: string) => join(dataFolder, 'global', name);
  if (existsSync(file(from))) renameSync(file(from), file(to));
}

async function heal(lab: Lab, id: string, fault: LabFault, scope: Scope): Promise<void> {
  switch (fault.kind) {
    case 'kill-database': {
      const database = siteIn(lab, scope, fault.region)?.databases.get(fault.store);
      if (database) moveControlFile(database.dataFolder, 'pg_control.lost', 'pg_control');
      return;
    }
    case 'freeze-region': {
      const site = siteIn(lab, scope, fault.region);
      if (site && !isStillSuffering(lab, id, { fault, scope })) continueMarked(site.marker);
      return;
    }
    case 'kill-region': {
      const site = siteIn(lab, scope, fault.region);
      if (!site || isStillSuffering(lab, id, { fault, scope })) return;
      // off the record first: what is started here looks whether there is power
      lab.faults.delete(id);
      try {
        await restart(lab, site);
      } catch (error) {
        lab.faults.set(id, { fault, scope });
        throw error;
      }
      return;
    }
    default:
      return lab.network.clearFault(id);
  }
}

type RegionFault = LabFault & { region: string };

/** Another fault of the same kind holds the same region of the same deployment. */
function isStillSuffering(
  { faults }: Lab,
  id: string,
  { fault, scope }: { fault: RegionFault; scope: Scope },
): boolean {
  return [...faults].some(
    ([other, { fault: same, scope: of }]) =>
      other !== id &&
      same.kind === fault.kind &&
      'region' in same &&
      same.region === fault.region &&
      deploymentKey(of) === deploymentKey(scope),
  );
}

async function restart(lab: Lab, site: Site): Promise<void> {
  await startRegionProcess(lab, site);
  await syncDataPlane(lab, deploymentOf(lab, site));
  await site.process?.call('configure', { services: site.services }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LabError('Platform.StackFailed', `region ${site.region} has power again, but ${reason}`, {
      region: site.region,
    });
  });
}

function siteIn(lab: Lab, scope: Scope, region: string): Site | undefined {
  return lab.deployments.get(deploymentKey(scope))?.sites.get(region);
}
