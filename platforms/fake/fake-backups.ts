import type { Backup, RecoveryTarget } from '../../contracts/backup';
import { chooseBackup } from '../../policies/choose-backup';
import type { BackupPort } from '../backup-port';
import { PlatformError } from '../platform-error';
import type { FakeCloud } from './fake-cloud';

/** Backups that are kept in the cloud's state: see fake-platform.md for what proves and what restores. */
export function fakeBackups(cloud: FakeCloud): BackupPort {
  const find = (backup: string | undefined, target: RecoveryTarget = { kind: 'latest' }): Backup => {
    const choice = chooseBackup([...cloud.backups.values()].reverse(), { backup, target, nowMs: Date.now() });
    if ('refusal' in choice) throw new PlatformError('Platform.Refused', choice.refusal);
    return choice.backup;
  };
  return {
    take: ({ id, store }) =>
      cloud.call('takeBackup', {}, () => {
        const known = cloud.backups.get(id);
        if (known) return known;
        const primary = [...cloud.databases.values()].find(({ role, fenced }) => role === 'primary' && !fenced);
        if (!primary) throw new PlatformError('Platform.Refused', `store: ${store} has no primary: nothing to copy`);
        const from = primary.region;
        const keptIn = [...cloud.databases.keys()].find((region) => region !== from) ?? from;
        const taken: Backup = { id, store, takenAt: new Date().toISOString(), from, keptIn, position: '0/3000000' };
        cloud.backups.set(id, taken);
        cloud.did(`backup ${id}`, { call: 'takeBackup', region: keptIn });
        return taken;
      }),
    list: ({ store }) =>
      cloud.call('listBackups', {}, () => {
        const backups = [...cloud.backups.values()].reverse();
        const keptIn = backups[0]?.keptIn;
        const through = { at: new Date().toISOString() };
        return { store, backups, ...(keptIn && { archive: { keptIn, through, lossMs: 0, breaks: [] } }) };
      }),
    prove: ({ id }) =>
      cloud.call('proveBackup', {}, () => {
        const result = cloud.spoiled.has(id) ? 'differs' : 'matches';
        const proof = { at: new Date().toISOString(), result, restoreMs: 0, detail: 'the fake has no rows' } as const;
        const proven: Backup = { ...find(id), proof };
        cloud.backups.set(id, proven);
        cloud.did(`prove ${id}`, { call: 'proveBackup' });
        return proven;
      }),
    choose: ({ backup, target }) => cloud.call('chooseBackup', {}, () => find(backup, target)),
    restore: ({ store, region, backup, target, epoch }) =>
      cloud.call('restore', { region }, () => {
        cloud.accept(epoch);
        const { id, takenAt } = find(backup, target);
        const report = {
          store,
          region,
          backup: id,
          target,
          reached: { at: takenAt },
          rows: 0,
          restoreMs: 0,
          notes: [],
        };
        if (cloud.log.some((act) => act.call === 'restore' && act.region === region && act.epoch === epoch))
          return report;
        const living = [...cloud.databases.values()].find((database) => !database.fenced && !isDown(cloud, database));
        if (living) throw new PlatformError('Platform.Refused', `the database of ${store} lives in ${living.region}`);
        for (const database of cloud.databases.values()) Object.assign(database, { role: 'standby', fenced: true });
        cloud.databases.set(region, { region, role: 'primary', fenced: false });
        const lease = cloud.leases.get(store);
        if (lease) Object.assign(lease, { holder: region, epoch });
        cloud.did(`restore ${region}`, { call: 'restore', region, epoch });
        return report;
      }),
    prune: ({ keep }) =>
      cloud.call('prune', {}, () => {
        const old = [...cloud.backups.keys()].reverse().slice(keep);
        for (const id of old) cloud.backups.delete(id);
        return { backups: old, segments: 0 };
      }),
  };
}

function isDown(cloud: FakeCloud, { region }: { region: string }): boolean {
  return [...cloud.killed.values()].some((killed) => killed.region === region);
}
