import { join } from 'node:path';
import { DEFAULT_TIMING } from '../../failover/protocol/timing';
import type { KeeperCalls, KeeperSettings } from '../keeper/keeper-protocol';
import { LabError } from '../lab-error';
import { CalledProcess } from '../processes/called-process';
import { killMarked } from '../processes/kill-marked';
import { deploymentKey, type Lab, type Site } from './lab-state';
import { logFolderOf } from './log-folder';
import { hasNoPower } from './power';
import { startAgain } from './start-again';

const HEAP_MB = 96;

/**
 * Starts the keeper of a region unless it runs or the region has no power. One that ends while its region lives is
 * started again by `start`; what it left of its databases is killed before.
 */
export async function startKeeper(
  lab: Lab,
  site: Site,
  replicas: string[],
  start: () => Promise<unknown>,
): Promise<CalledProcess<KeeperCalls> | undefined> {
  const { keeper, region } = site;
  if (!keeper || keeper.process?.alive || hasNoPower(lab, site)) return keeper?.process;
  await site.clearing;
  const settings: KeeperSettings = {
    ...{ region, marker: site.marker, logFolder: logFolderOf(lab, site), port: keeper.port, replicas },
    timing: DEFAULT_TIMING,
  };
  const process = await CalledProcess.start<KeeperCalls>({
    script: 'lab/keeper/main.js',
    marker: `${site.marker}keeper`,
    logFile: join(settings.logFolder, 'keeper.log'),
    ...{ heapMb: HEAP_MB, settings, region, what: 'the keeper of' },
    onEnd: (how) => {
      lab.log(`keeper of ${region} ended (${how})`);
      void restart(lab, site, start);
    },
  });
  keeper.process = process;
  return process;
}

async function restart(lab: Lab, site: Site, start: () => Promise<unknown>): Promise<void> {
  const clear = () => killMarked(`${site.marker}db/`);
  await clear().catch((error: unknown) => lab.log(String(error)));
  await startAgain(lab, {
    marker: `${site.marker}keeper`,
    isMissing: () => isThere(lab, site) && !site.keeper?.process?.alive && !hasNoPower(lab, site),
    start: () => clear().then(start),
  });
}

function isThere({ deployments }: Lab, site: Site): boolean {
  return deployments.get(deploymentKey(site))?.sites.get(site.region) === site;
}

/** The keeper of a region. Throws `Platform.Unavailable` when it does not run. */
export function keeperOf(site: Site): CalledProcess<KeeperCalls> {
  const process = site.keeper?.process;
  if (process?.alive) return process;
  throw new LabError('Platform.Unavailable', `region ${site.region} is down: its keeper does not run`, {
    region: site.region,
  });
}
