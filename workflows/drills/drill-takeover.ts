import type { FaultDrill } from '../../contracts/validation';
import { drillResult } from '../steps/drill-result';
import { failOver } from '../steps/fail-over';
import { moveAsPlanned, rejoin } from '../steps/move-primary';
import { awaitAlarm } from './alarm';
import type { Drill, DrillFindings } from './drill';
import { finishStream, worstLagMs, writerOf } from './stream';
import { targetsOf } from './targets';
import { unlessCalledAway } from './unless-called-away';

/** The primary falls silent, another region takes over, the silent one comes back as a standby, then as the primary. */
export async function drillTakeover(drill: Drill, kind: FaultDrill): Promise<DrillFindings> {
  const { run, drilled, region, stores, byItself } = drill;
  const reportedLagMs = await worstLagMs(drilled, stores);
  const faultAt = await drill.strike();
  const seen = { writer: writerOf(drilled), faultAt, byItself, databasesOnly: kind === 'database-loss' };
  const failover = await unlessCalledAway(run, `wait until another region takes over from ${region}`, () =>
    failOver(drilled, stores, region, seen),
  );
  run.receipts.push(failover.fence);
  run.saw(`${failover.promoted} took over ${byItself ? 'by itself' : 'step by step'}`);
  if (kind === 'region-loss') {
    const alarm = await unlessCalledAway(run, 'wait for the alarm', () => awaitAlarm(drilled, region, faultAt));
    run.saw(alarm ? `${alarm.name} was raised after ${alarm.afterMs} ms` : 'no alarm was raised in time');
  }
  await drill.heal();
  await run.take('rejoin', `${region} becomes a standby`, async () => {
    for (const store of stores) await rejoin(run, store, region);
  });
  const protectedAgainMs = Date.now() - Date.parse(faultAt);
  const { loss, log } = await finishStream(drilled, { faultAt, fencedAt: failover.fence.at });
  run.documents.push({ name: 'drill-writes.ndjson', artifact: log });
  const facts = { class: kind, region, ...failover, reportedLagMs, protectedAgainMs, loss };
  const result = drillResult(facts, targetsOf(run.live.request, stores));
  await run.take('return', `${region} takes the writes again`, () =>
    moveAsPlanned(drilled, stores, { from: failover.promoted, to: region }, true),
  );
  const { passed, why, rtoMs, rpoMs, acknowledgedWrites, acknowledgedWritesLost, promoted } = result;
  return { passed, why, rtoMs, rpoMs, acknowledgedWrites, acknowledgedWritesLost, promoted, result };
}
