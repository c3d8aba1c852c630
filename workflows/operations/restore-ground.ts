import type { Backup, BackupChain } from '../../contracts/backup';
import type { LiveOperationRequest } from '../../contracts/messages';
import { patience } from '../../policies/patience';
import { measure, platform, quick } from '../support/activity-stubs';
import { stepFailure } from '../support/failures';
import type { OperationRun } from './operation-run';

export type Restore = Extract<LiveOperationRequest, { kind: 'restore' }>;
type Run = OperationRun<Restore>;

/** What a restore stands on, as it was before anything was stopped. */
export interface RestoreGround {
  /** by store, the id of the backup that is restored */
  backups: ReadonlyMap<string, string>;
  /** regions in which a database answered */
  living: ReadonlySet<string>;
}

/**
 * Step 1: nothing is touched before it is known which backup is restored and that it reaches the target, the region lives,
 * and no database holds more than the backup, unless time is to be turned back.
 */
export function validateSecondary(run: Run, to: string): Promise<RestoreGround> {
  return run.take('validate-secondary', `see whether ${to} can take over`, async () => {
    if (run.stores.length === 0)
      throw stepFailure('Request.Invalid', 'the deployment keeps no data that was backed up');
    const { backup: wanted, target, replaceLiving } = run.request;
    const backups = new Map<string, string>();
    const living = new Set<string>();
    for (const { store, ...replication } of run.stores) {
      const on = { ...run.on, store };
      const chain = await platform.listBackups(`${store}: what is kept`, on);
      const wish = { ...on, region: to, target, ...(wanted && { backup: wanted }) };
      const chosen = await platform.chooseBackup(`${store}: which backup is restored`, wish);
      backups.set(store, chosen.id);
      sawBackup(run, chosen, chain);
      const regions = run.regionsOf({ store, ...replication });
      const statuses = await quick.databaseStatuses(`${store}: what lives`, { ...on, regions });
      for (const { reachable, region } of statuses) {
        if (!reachable) continue;
        if (!replaceLiving) throw stepFailure('Platform.Refused', livesWords(run, store, region), { region });
        living.add(region);
      }
    }
    await measure.awaitLive(`${to}: do its services live`, liveQuestion(run, to));
    return { backups, living };
  });
}

export function liveQuestion(run: Run, region: string) {
  return { ...run.on, region, timeoutMs: patience(run.on.platform).readyMs };
}

/** How a restore goes on that broke off where it cannot go back. */
export function restoreCommand({ name }: Pick<OperationRun, 'name'>, to: string): string {
  return `meridian restore ${name} ${to} --replace`;
}

function livesWords({ name, primary }: Run, store: string, region: string): string {
  const better =
    region === primary ? '' : `promote it ("meridian promote-region ${name} ${region}"), which loses less; `;
  return `${store} lives in ${region} and holds more than any backup: ${better}to go back in time on purpose, restore with --replace`;
}

function sawBackup(run: Run, { id, takenAt, keptIn, proof }: Backup, { store, archive }: BackupChain): void {
  const how = proof ? `restored before: ${proof.result}` : 'never restored before';
  run.saw(`${store}: backup ${id} of ${takenAt}, kept in ${keptIn}, ${how}`);
  if (archive?.through)
    run.saw(`${store}: the log is archived up to ${archive.through.position ?? archive.through.at}`);
  for (const broken of archive?.breaks ?? []) run.saw(`${store}: the archived log is broken: ${broken}`);
}
