import type { Takeover } from '../../contracts/failover';
import type { StoreReplication } from '../../contracts/replication';
import type { DrillPhase } from '../../contracts/validation';
import type { WriterHandle } from '../../platforms/platform';
import type { Drilled } from '../drills/drilled';
import { measure, platform, quick } from '../support/activity-stubs';
import { stepFailure } from '../support/failures';
import { type Failover, FIRST_WRITE_MS } from './failover-outcome';

const TAKEN_OVER_MS = 60_000;

/** The platform replaces the silent primary by itself; this watches, adopts what it did, and shifts what is left. */
export async function watchTakeover(
  run: Drilled,
  stores: StoreReplication[],
  region: string,
  { writer, faultAt }: { writer: WriterHandle; faultAt: string },
): Promise<Failover> {
  const input = {
    ...run.on,
    stores: stores.map(({ store }) => store),
    region,
    since: faultAt,
    timeoutMs: TAKEN_OVER_MS,
  };
  const takeovers = await measure.awaitTakeovers(`${region}: the platform takes over`, input);
  const last = takeovers.reduce<Takeover | undefined>(
    (late, one) => (late && late.at > one.at ? late : one),
    undefined,
  );
  if (!last) throw stepFailure('Drill.Failed', `there is nothing to take over from ${region}`, { region });
  await adopt(run, region, last.to, takeovers);
  await gather(run, last.to, takeovers);
  await run.shift(`${last.to}: traffic stays`, { to: last.to, drain: [region] });
  const first = { ...run.on, writer, faultAt, fencedAt: last.fence.at, timeoutMs: FIRST_WRITE_MS };
  const { firstWriteMs } = await measure.awaitFirstWrite(`${last.to}: first write`, first);
  const phases = sinceTheFault(last, Date.parse(faultAt), firstWriteMs);
  const took = (phases.reduce((sum, { ms }) => sum + ms, 0) / 1_000).toFixed(1);
  run.progress.region(last.to, 'drilling', `primary ${took} s after the fault, by itself`);
  return { promoted: last.to, phases, fence: last.fence, firstWriteMs };
}

/** The platform's epoch is ahead of the record by its own acts. */
async function adopt(run: Drilled, from: string, to: string, takeovers: Takeover[]): Promise<void> {
  const adoptEpoch = Math.max(run.epoch, ...takeovers.map(({ epoch }) => epoch));
  const move = { ...run.on, expected: from, primary: to, adoptEpoch };
  run.recorded(await quick.recordMove(`record primary ${to}`, move));
}

/** Stores that others took over are brought to the same region. */
async function gather(run: Drilled, to: string, takeovers: Takeover[]): Promise<void> {
  const elsewhere = takeovers.filter((takeover) => takeover.to !== to);
  if (elsewhere.length === 0) return;
  await run.claimEpoch();
  for (const { store, to: holder } of elsewhere) {
    const move = { ...run.on, store, from: holder, to, epoch: run.epoch };
    await platform.handOver(`${store}: ${holder} hands over to ${to}`, move);
    await platform.rejoinDatabase(`${holder}: ${store} rejoins`, {
      ...run.on,
      store,
      region: holder,
      epoch: run.epoch,
    });
  }
}

/** The platform counts from the last sign of life; a drill counts from its fault to the first write. */
function sinceTheFault({ at, phases }: Takeover, faultMs: number, firstWriteMs: number): DrillPhase[] {
  const servedMs = Math.max(0, Date.parse(at) - faultMs);
  const msOf = (name: DrillPhase['phase']) => phases.find(({ phase }) => phase === name)?.ms ?? 0;
  const [decide, promote] = [msOf('decide'), msOf('promote')];
  return [
    { phase: 'detect', ms: Math.max(0, servedMs - decide - promote) },
    { phase: 'decide', ms: decide },
    { phase: 'fence', ms: 0 },
    { phase: 'promote', ms: promote },
    { phase: 'shift', ms: msOf('shift') },
    { phase: 'verify', ms: Math.max(0, firstWriteMs - servedMs - msOf('shift')) },
  ];
}
