import type { Writer } from '../../activities/operations';
import type { Takeover } from '../../contracts/failover';
import type { LiveOperationRequest } from '../../contracts/messages';
import type { OperationReport } from '../../contracts/operation-report';
import { majorityRegion } from '../../policies/operations/majority-region';
import { newestEpoch } from '../../policies/operations/operating-state';
import { platform, quick } from '../support/activity-stubs';
import { messageOf, stepFailure } from '../support/failures';
import { operate } from './operate';
import type { OperateInput, OperationRun } from './operation-run';
import { endMove, verifyWrites } from './traffic';
import { movesTo, movingTo, unfinishedMove } from './unfinished-move';

type RecordFailOver = Extract<LiveOperationRequest, { kind: 'record-failover' }>;

/**
 * The platform has failed over by itself: the record adopts who takes the writes, the epoch and the history; stores whose
 * writes went elsewhere than those of most are brought to the same region; traffic follows. A move that somebody else
 * began and could not end is ended like this, too.
 */
export function recordFailOver(input: OperateInput<RecordFailOver>): Promise<OperationReport> {
  return operate(input, async (run, writers) => {
    const from = run.primary;
    const to = majorityRegion(writers, from);
    if (!to) {
      const { moving } = run.record;
      if (moving) run.passNoReturn(unfinishedMove(run, moving.to));
      throw stepFailure('Platform.Unavailable', 'the platform does not say who takes the writes');
    }
    const takeovers = await run.take('read', 'read what the platform did', () => readTakeovers(run));
    await adopt(run, { from, to, writers, takeovers });
    await gather(run, to, writers);
    requireWriters(run, to, writers);
    await endMove(run, to);
    await verifyWrites(run, to);
    for (const { region } of run.record.fenced ?? []) run.next.push(`meridian rejoin ${run.name} ${region}`);
    return from === to ? `${to} takes the writes, at epoch ${run.epoch}` : `${to} takes the writes in place of ${from}`;
  });
}

async function readTakeovers(run: OperationRun): Promise<Takeover[]> {
  const since = run.record.failovers?.at(-1)?.at ?? run.live.promotedAt;
  const asked = run.stores.map(({ store }) =>
    platform.listTakeovers(`${store}: what the platform did`, { ...run.on, store, since }),
  );
  const found = (await Promise.all(asked)).flat();
  run.receipts.push(...found.map(({ fence }) => fence));
  for (const { store, from, to, epoch, phases } of found)
    run.saw(`${store}: ${to} took over${from ? ` from ${from}` : ''} at epoch ${epoch}${inAll(phases)}`);
  return found;
}

function inAll(phases: Takeover['phases']): string {
  return phases.length === 0 ? '' : ` in ${Math.round(phases.reduce((sum, { ms }) => sum + ms, 0))} ms`;
}

/** Every region that lost its writes is out until it rejoins, whatever it says of itself. */
async function adopt(
  run: OperationRun,
  { from, to, writers, takeovers }: { from: string; to: string; writers: readonly Writer[]; takeovers: Takeover[] },
): Promise<void> {
  const adoptEpoch = newestEpoch(run.record, writers);
  const lost = new Set([...(from === to ? [] : [from]), ...takeovers.flatMap((one) => one.from ?? [])]);
  const holders = new Set(writers.flatMap(({ region }) => region ?? []));
  const fenced = [...lost]
    .filter((region) => !holders.has(region))
    .map((region) => ({ region, epoch: adoptEpoch, why: `the platform failed over to ${to}` }));
  const failovers = takeovers.map((one) => ({ ...one, by: 'the platform' }));
  const moving = movingTo(to, movesTo(run, writers, to));
  const move = { ...run.key, expected: from, primary: to, fenced, failovers, adoptEpoch, moving };
  const act = () => quick.recordMove(`record primary ${to}`, move);
  run.recorded(await run.take('record', `record that ${to} takes the writes`, act));
  run.passNoReturn({
    left: `not all writes have come to ${to}, or the traffic has not followed`,
    next: [`meridian failovers ${run.name} --record`],
  });
}

/** Traffic follows once every store has somebody who takes its writes. */
function requireWriters(run: OperationRun, to: string, writers: readonly Writer[]): void {
  const silent = writers.filter(({ region }) => region === undefined).map(({ store }) => store);
  if (silent.length === 0) return;
  run.passNoReturn(unfinishedMove(run, to));
  throw stepFailure(
    'Platform.Unavailable',
    `nobody takes the writes of ${silent.join(', ')}: the platform names no one`,
  );
}

/** Several stores may have been taken over by different regions: the few go where the most are. */
async function gather(run: OperationRun, to: string, writers: readonly Writer[]): Promise<void> {
  const elsewhere = writers.filter(({ region }) => region !== undefined && region !== to);
  if (elsewhere.length === 0) return;
  await run.take('decide', 'claim the next epoch', () => run.claimNextEpoch());
  for (const { store, region: holder = '' } of elsewhere) {
    const input = { ...run.on, store, from: holder, to, epoch: run.epoch };
    try {
      const act = () => platform.handOver(`${store}: ${holder} hands over to ${to}`, input);
      const { fence } = await run.take('hand-over', `hand ${store} over from ${holder} to ${to}`, act);
      run.receipts.push(fence);
      run.epoch = Math.max(run.epoch, fence.epoch);
      const rejoin = { ...run.on, store, region: holder, epoch: run.epoch };
      await run.take('rejoin', `${store} in ${holder} becomes a standby`, () =>
        platform.rejoinDatabase(`${holder}: ${store} rejoins`, rejoin),
      );
    } catch (error) {
      run.left.push(`${store} was not brought from ${holder} to ${to}: ${messageOf(error)}`);
      throw error;
    }
  }
}
