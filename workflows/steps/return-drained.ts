import { patience } from '../../policies/patience';
import { measure } from '../support/activity-stubs';
import type { DeploymentRun } from '../support/deployment-run';
import { messageOf } from '../support/failures';

/**
 * Regions that an operation before this one left drained answer again once they can serve. Who cannot stays out and is
 * named; who is no part of what is live any more is forgotten.
 */
export async function returnDrained(run: DeploymentRun): Promise<void> {
  for (const region of run.drains.stillAdopted()) {
    if (!run.carriesTraffic(region)) await run.drains.forget([region]);
    else if (await serves(run, region)) await run.drains.return(region);
    else {
      run.drains.keepOut(region);
      run.leaveDrained(region, 'answers nobody: it was drained before and cannot serve yet');
    }
  }
}

async function serves(run: DeploymentRun, region: string): Promise<boolean> {
  try {
    const timeoutMs = patience(run.on.platform).serveAgainMs;
    await measure.awaitReady(`${region}: can it serve again`, { ...run.on, regions: [region], timeoutMs });
    return true;
  } catch (error) {
    run.progress.say(`stays drained: ${messageOf(error)}`, region);
    return false;
  }
}
