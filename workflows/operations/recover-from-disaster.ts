import { workflowInfo } from '@temporalio/workflow';
import type { RestoreReport } from '../../contracts/backup';
import { canonicalJson } from '../../contracts/canonical-json';
import { digestOf } from '../../contracts/digest';
import type { OperationReport } from '../../contracts/operation-report';
import type { FailoverRecord } from '../../contracts/record';
import { tierKept } from '../../policies/recovery-tier';
import { rejoin } from '../steps/move-primary';
import { measure, platform, quick } from '../support/activity-stubs';
import { messageOf, stepFailure } from '../support/failures';
import { awaitServing } from './drain-region';
import { findWriters, operate } from './operate';
import type { OperateInput, OperationRun } from './operation-run';
import { fenceAll } from './restore-fence';
import { liveQuestion, type Restore, type RestoreGround, restoreCommand, validateSecondary } from './restore-ground';
import { returnCommands } from './return-commands';
import { moveTraffic, verifyWrites } from './traffic';
import { holdersOf, movingTo, type StoreMove, unfinishedMove } from './unfinished-move';

type Run = OperationRun<Restore>;

/**
 * Disaster recovery, in the five steps of seed 003: validate the secondary → redirect traffic → activate its services →
 * sync the critical data → validate. The data comes from a backup and the archived log, because no database is left, or
 * because time has to be turned back; a standby that lives is promoted instead, which loses less.
 */
export function recoverFromDisaster(input: OperateInput<Restore>): Promise<OperationReport> {
  return operate(input, async (run, writers) => {
    const startedMs = Date.now();
    const [from, to] = [run.primary, run.request.region];
    const others = regionsWithData(run).filter((region) => region !== to);
    const newestEpoch = Math.max(run.record.epoch, ...writers.map(({ epoch }) => epoch ?? 0));
    const ground = await validateSecondary(run, to);
    await askToRestore(run, to);
    await run.take('decide', 'claim the next epoch', () => claimAbove(run, newestEpoch));
    await redirect(run, to);
    await activate(run, to);
    const lossMs = await syncData(run, { from, to, others, moves: holdersOf(run, writers) }, ground);
    await awaitServing(run, to);
    const outside = run.live.topology.regions.map(({ region }) => region).filter((region) => others.includes(region));
    await moveTraffic(run, { to, drain: outside });
    run.recorded(await quick.recordMoveEnded('the traffic has followed', run.key));
    run.passNoReturn({ left: `that writes arrive in ${to} was not seen`, next: returnCommands(run, others) });
    await verifyWrites(run, to);
    measureRecovery(run, { rtoMs: Date.now() - startedMs, rpoMs: lossMs });
    run.passNoReturn();
    await protect(run, to, others);
    return `${to} takes the writes, restored from a backup`;
  });
}

function regionsWithData(run: Run): string[] {
  return [...new Set(run.stores.flatMap((store) => run.regionsOf(store)))];
}

/** What was written after the newest archived position is lost for good: in production two people say so. */
async function askToRestore(run: Run, to: string): Promise<void> {
  const { backup, target, replaceLiving, reason } = run.request;
  const required = run.key.environment === 'production';
  const refusal = required ? run.approvals.impossible() : undefined;
  if (refusal) throw stepFailure('Plan.Blocked', refusal);
  const { workflowId } = workflowInfo();
  const digest = digestOf(canonicalJson({ workflowId, to, backup, target, replaceLiving, epoch: run.epoch }));
  const summary = `the restore of ${run.stores.map(({ store }) => store).join(', ')} in ${to}${reason ? `: ${reason}` : ''}`;
  const irreversible = [
    'writes after the position that is restored are lost',
    'all other regions are made anew from it',
  ];
  const opened = () => run.progress.enter('approval', `waiting for approval of ${summary}`);
  await run.approvals.pass({ id: 'restore', gate: 'failover', digest, summary, irreversible }, { required, opened });
}

/** Sentinels may have raised the epoch before the last database died. */
async function claimAbove(run: Run, newestEpoch: number): Promise<void> {
  if (newestEpoch > run.record.epoch) {
    const { primary } = run;
    const adopt = { ...run.key, expected: primary, primary, adoptEpoch: newestEpoch };
    run.recorded(await quick.recordMove('adopt the epoch of the platform', adopt));
  }
  await run.claimNextEpoch();
}

/** Step 2. Where the edge does not see the region as healthy yet, users follow with the last step instead. */
async function redirect(run: Run, to: string): Promise<void> {
  const regions = run.live.topology.regions.map(({ region }) => region).filter((region) => region !== to);
  const before = run.record.drained;
  const tell = (set: string[]) => ({ ...run.on, hostname: run.live.hostname, regions: set, epoch: run.epoch });
  const back = { what: 'return traffic', act: () => platform.drainRegions('return traffic', tell(before)) };
  try {
    const act = () => platform.drainRegions(`${to} answers alone`, tell(regions));
    await run.take('redirect-traffic', `lead all users to ${to}`, act, back);
  } catch (error) {
    run.saw(`users are led to ${to} in the last step: ${messageOf(error)}`);
  }
}

/** Step 3. */
function activate(run: Run, to: string): Promise<void> {
  const act = () => measure.awaitLive(`${to}: all tasks`, liveQuestion(run, to));
  return run.take('activate-services', `see that all services of ${to} run`, act);
}

/**
 * Step 4: every database is proven unable to write, then each store is restored. From the first restore on the only way
 * is forward. Returns the most that any store lost, counted to the moment at which the recovery was asked for.
 */
async function syncData(
  run: Run,
  { from, to, others, moves }: { from: string; to: string; others: string[]; moves: StoreMove[] },
  ground: RestoreGround,
): Promise<number | undefined> {
  await fenceAll(run, { to, moves }, ground);
  const begin = { ...run.key, expected: from, primary: from, moving: movingTo(to, moves) };
  run.recorded(await quick.recordMove(`record that the data is restored in ${to}`, begin));
  const losses: Array<number | undefined> = [];
  await run.take('sync-data', `restore the data in ${to}`, async () => {
    for (const move of moves) {
      const { store } = move;
      const report = await restoreOne(run, move, { to, backup: ground.backups.get(store) ?? '' });
      const { at, position } = report.reached;
      const words = `${store}: backup ${report.backup} and the log up to ${at ?? 'its end'} (${position ?? 'position not told'})`;
      run.saw(`${words} restored in ${Math.round(report.restoreMs)} ms${rowWords(report.rows)}`);
      for (const note of report.notes) run.left.push(`${store}: ${note}`);
      losses.push(at ? Math.max(0, Date.parse(run.startedAt) - Date.parse(at)) : undefined);
    }
  });
  const at = new Date().toISOString();
  const fenced = others.map((region) => ({ region, epoch: run.epoch, why: `${to} was restored from a backup` }));
  const failovers = run.stores.map(
    ({ store }): FailoverRecord => ({ store, from, to, epoch: run.epoch, at, phases: [], by: run.request.requester }),
  );
  const move = { ...run.key, expected: from, primary: to, fenced, failovers };
  run.recorded(await quick.recordMove(`record primary ${to}`, move));
  run.passNoReturn(unfinishedMove(run, to));
  return losses.includes(undefined) ? undefined : Math.max(0, ...losses.map((loss) => loss ?? 0));
}

/** One that fails may have happened all the same: unless the platform says otherwise nothing goes back. */
async function restoreOne(
  run: Run,
  { store, from }: StoreMove,
  { to, backup }: { to: string; backup: string },
): Promise<RestoreReport> {
  const left = `${store} is restored in ${to}, but not all that belongs to it`;
  const unfinished = { left, next: [restoreCommand(run, to)] };
  const input = { ...run.on, store, region: to, target: run.request.target, epoch: run.epoch, backup };
  const report = await platform.restoreStore(`${to}: restore ${store}`, input).catch(async (error: unknown) => {
    if (await isRestored(run, { store, from }, to)) run.passNoReturn(unfinished);
    throw error;
  });
  run.passNoReturn(unfinished);
  return report;
}

/** Without a lease a restore in place looks like what was there before: the platform then refuses that one to come back. */
async function isRestored(run: Run, { store, from }: StoreMove, to: string): Promise<boolean> {
  try {
    const writer = (await findWriters(run)).find((one) => one.store === store);
    return writer?.region === to && (writer.epoch !== undefined || from !== to);
  } catch (error) {
    run.progress.say(`nobody can tell who takes the writes: ${messageOf(error)}`);
    return true;
  }
}

function rowWords(rows: number | undefined): string {
  return rows === undefined ? '' : `, ${rows} rows`;
}

/** The loss is counted from the time up to which everything came back to the request: writes of that time, if there were any. */
function measureRecovery(run: Run, { rtoMs, rpoMs }: { rtoMs: number; rpoMs: number | undefined }): void {
  const { rtoSeconds, rpoSeconds } = run.live.request.recovery;
  const loss = rpoMs === undefined ? 'not known' : `at most ${(rpoMs / 1_000).toFixed(1)} s before it was asked for`;
  run.saw(
    `recovered ${(rtoMs / 1_000).toFixed(1)} s after it was asked for (wanted: ${rtoSeconds} s); writes lost: ${loss} (wanted: ${rpoSeconds} s)`,
  );
  run.saw(`strictest tier of recovery that this kept: ${tierKept({ rtoMs, rpoMs }) ?? 'none'}`);
}

/** The other regions are made anew from the restored one; one that cannot be is named and changes nothing. */
async function protect(run: Run, to: string, others: string[]): Promise<void> {
  for (const region of others) {
    try {
      await run.take('protect', `${region} becomes a standby of ${to}`, async () => {
        for (const store of run.stores) if (run.regionsOf(store).includes(region)) await rejoin(run, store, region);
      });
      run.recorded(await quick.recordRejoined(`record that ${region} is back`, { ...run.key, region }));
      await moveTraffic(run, { to, drain: run.record.drained.filter((one) => one !== region) });
    } catch (error) {
      run.left.push(`${region} is no standby of ${to} yet: ${messageOf(error)}`);
      run.next.push(...returnCommands(run, [region]));
    }
  }
}
