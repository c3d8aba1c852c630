import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_TIMING } from '../../failover/protocol/timing';
import type { KeeperCalls, KeeperSettings } from '../keeper/keeper-protocol';
import { LabError } from '../lab-error';
import { CalledProcess } from '../processes/called-process';
import { killMarked } from '../processes/kill-marked';
import type { Lab, Site } from './lab-state';
import { logFolderOf } from './log-folder';
import { hasNoPower } from './power';

const HEAP_MB = 96;
const RESTART_AFTER_MS = 200;

/**
 * Starts the keeper of a region unless it runs or the region has no power. One that ends while its region lives is
 * started again, as an init system does, by `startAgain`; what it left of its databases is killed before.
 */
export async function startKeeper(
  lab: Lab,
  site: Site,
  replicas: string[],
  startAgain: () => Promise<void>,
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
      void restart(lab, site, startAgain);
    },
  });
  keeper.process = process;
  return process;
}

async function restart(lab: Lab, site: Site, startAgain: () => Promise<void>): Promise<void> {
  await killMarked(`${site.marker}db/`).catch((error: unknown) => lab.log(String(error)));
  await sleep(RESTART_AFTER_MS);
  if (hasNoPower(lab, site) || lab.ending) return;
  await startAgain().catch((error: unknown) => lab.log(String(error)));
}

/** The keeper of a region. Throws `Platform.Unavailable` when it does not run. */
export function keeperOf(site: Site): CalledProcess<KeeperCalls> {
  const process = site.keeper?.process;
  if (process?.alive) return process;
  throw new LabError('Platform.Unavailable', `region ${site.region} is down: its keeper does not run`, {
    region: site.region,
  });
}
