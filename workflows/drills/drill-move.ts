import { brokenPromises } from '../../policies/drills/broken-promises';
import { standbysOf } from '../../policies/standbys-of';
import { moveAsPlanned } from '../steps/move-primary';
import { stepFailure } from '../support/failures';
import type { Drill, DrillFindings } from './drill';
import { finishStream } from './stream';
import { targetsOf } from './targets';

/** The writes move to a standby and back as planned, under the stream of writes: nothing may be lost. */
export async function drillMove(drill: Drill): Promise<DrillFindings> {
  const { run, drilled, region, stores } = drill;
  const able = (one: string) => stores.every((store) => [store.primary, ...standbysOf(store)].includes(one));
  const to = run.live.topology.regions.map((one) => one.region).find((one) => one !== region && able(one));
  if (!to) throw stepFailure('Drill.Failed', `no region but ${region} could take the writes of all stores`);
  await drill.wayBackToHere();
  const startedAt = new Date().toISOString();
  drill.struckAt = startedAt;
  await run.take('hand-over', `move the writes to ${to}`, () =>
    moveAsPlanned(drilled, stores, { from: region, to }, true),
  );
  await run.take('return', `move the writes back to ${region}`, () =>
    moveAsPlanned(drilled, stores, { from: to, to: region }, true),
  );
  const counted = await finishStream(drilled, { faultAt: startedAt, fencedAt: startedAt });
  run.documents.push({ name: 'drill-writes.ndjson', artifact: counted.log });
  const { loss, longestPauseMs: rtoMs = 0 } = counted;
  const targets = { ...targetsOf(run.live.request, stores), mode: 'synchronous' as const };
  const broken = brokenPromises({ loss, rtoMs }, targets);
  return {
    promoted: to,
    passed: broken.length === 0,
    why:
      broken.length === 0
        ? `writes paused for at most ${rtoMs} ms, none of ${loss.acknowledged} was lost`
        : broken.join('; '),
    rtoMs,
    rpoMs: loss.rpoMs,
    acknowledgedWrites: loss.acknowledged,
    acknowledgedWritesLost: loss.lost.length,
  };
}
