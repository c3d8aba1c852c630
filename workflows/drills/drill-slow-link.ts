import { sleep } from '@temporalio/workflow';
import { brokenPromises } from '../../policies/drills/broken-promises';
import { platform } from '../support/activity-stubs';
import type { Drill, DrillFindings } from './drill';
import { finishStream, worstLagMs } from './stream';
import { targetsOf } from './targets';
import { unlessCalledAway } from './unless-called-away';

/** Five leases long: whoever takes slowness for death has acted by then. */
const SLOW_FOR_MS = 15_000;

/** The links of the primary region become slow: nobody takes over, writes go on, and standbys stay within the RPO. */
export async function drillSlowLink(drill: Drill): Promise<DrillFindings> {
  const { run, drilled, region, stores } = drill;
  const faultAt = await drill.strike();
  await unlessCalledAway(run, 'let the links be slow', () => sleep(SLOW_FOR_MS, { summary: 'the links are slow' }));
  const lagMs = await worstLagMs(drilled, stores);
  const asked = stores.map(({ store }) =>
    platform.listTakeovers(`${store}: did anybody take over`, { ...run.on, store, since: faultAt }),
  );
  const [takeover] = (await Promise.all(asked)).flat();
  await drill.heal();
  const counted = await finishStream(drilled, { faultAt, fencedAt: faultAt });
  run.documents.push({ name: 'drill-writes.ndjson', artifact: counted.log });
  const { loss, longestPauseMs: rtoMs = 0 } = counted;
  const { rpoSeconds } = run.live.request.recovery;
  const broken = [
    ...brokenPromises({ loss, rtoMs }, targetsOf(run.live.request, stores)),
    ...(takeover ? [`${takeover.to} took ${takeover.store} over although ${region} was only slow`] : []),
    ...(lagMs > rpoSeconds * 1_000
      ? [`a standby was ${Math.round(lagMs)} ms behind, ${rpoSeconds} s are allowed`]
      : []),
  ];
  if (takeover) await run.goBack();
  const kept = `writes paused for at most ${rtoMs} ms, standbys were at most ${Math.round(lagMs)} ms behind, nobody took over`;
  return {
    passed: broken.length === 0,
    why: broken.length === 0 ? kept : broken.join('; '),
    rtoMs,
    rpoMs: loss.rpoMs,
    acknowledgedWrites: loss.acknowledged,
    acknowledgedWritesLost: loss.lost.length,
  };
}
