import type { DaemonClient } from '../../lab/daemon/daemon-client';
import type { BackupPort } from '../backup-port';
import { alive } from './alive';

/** Backups of the embedded cloud: base copies and an archived log in the object storage of another region. */
export function labBackups(daemon: DaemonClient): BackupPort {
  return {
    take: (input, context) =>
      alive(context, `copy ${input.store}`, () => daemon.call('backups.take', input, context.signal)),
    list: (input) => daemon.call('backups.list', input),
    prove: (input, context) =>
      alive(context, `restore backup ${input.id} of ${input.store} and compare it`, () =>
        daemon.call('backups.prove', input, context.signal),
      ),
    choose: (input) => daemon.call('backups.choose', input),
    restore: (input, context) =>
      alive(context, `restore ${input.store} in ${input.region}`, () =>
        daemon.call('backups.restore', input, context.signal),
      ),
    prune: (input) => daemon.call('backups.prune', input),
  };
}
