import type { Backup, BackupChain } from '../../contracts/backup';
import { BACKUP_INTERVAL_MS, backupFindings } from '../../policies/backup-findings';
import { backupRegion } from '../../policies/backup-region';
import { tierKept } from '../../policies/recovery-tier';

const nowMs = Date.parse('2026-11-21T12:00:00Z');
const proof = { at: '', result: 'matches', restoreMs: 900, detail: 'the same rows' } as const;
const backup: Backup = {
  ...{ id: 'b1', store: 'orders', from: 'eu-west-1', keptIn: 'eu-central-1' },
  takenAt: '2026-11-21T09:00:00Z',
  proof,
};
const archive: NonNullable<BackupChain['archive']> = { keptIn: 'eu-central-1', lossMs: 0, breaks: [] };
const chain: BackupChain = { store: 'orders', backups: [backup], archive };
const found = (change: Partial<BackupChain>, comparable = true) =>
  backupFindings({ ...chain, ...change }, { nowMs, comparable }).map(
    ({ severity, message }) => `${severity}: ${message}`,
  );

test('a proven backup in another region and a log that is archived are nothing to speak of', () => {
  expect(found({})).toEqual([]);
});

test.each<[string, Partial<BackupChain>, string]>([
  ['no backup', { backups: [] }, 'critical: orders has no backup'],
  [
    'an old one',
    { backups: [{ ...backup, takenAt: '2026-11-20T23:00:00Z' }] },
    'warning: the newest backup of orders is 13 h old',
  ],
  [
    'one beside the database',
    { backups: [{ ...backup, keptIn: 'eu-west-1' }] },
    'warning: backup b1 of orders is kept in eu-west-1',
  ],
  [
    'one that was never restored',
    { backups: [{ ...backup, proof: undefined } as Backup] },
    'warning: backup b1 of orders was never restored',
  ],
  [
    'one whose restore failed',
    { backups: [{ ...backup, proof: { ...proof, result: 'differs' } }] },
    'critical: backup b1 of orders failed its restore',
  ],
  ['no log', { archive: undefined } as unknown as Partial<BackupChain>, 'critical: the log of orders is not archived'],
  [
    'a broken log',
    { archive: { ...archive, breaks: ['part 7 of the log is missing'] } },
    'critical: the archived log of orders is broken: part 7',
  ],
  [
    'writes that wait',
    { archive: { ...archive, lossMs: 900_000 } },
    'critical: writes of orders wait for the archive since 15 minutes',
  ],
  [
    'an archive that fails',
    { archive: { ...archive, failure: 'X could not be archived' } },
    'warning: archiving the log of orders failed',
  ],
])('%s is found', (_what, change, message) => {
  expect(found(change)).toEqual([expect.stringContaining(message)]);
});

test('one round may be missed; where nothing can be compared, that is no fault of the backup', () => {
  const late = new Date(nowMs - 2 * BACKUP_INTERVAL_MS + 1).toISOString();
  expect(found({ backups: [{ ...backup, takenAt: late }] })).toEqual([]);
  expect(found({ backups: [{ ...backup, proof: undefined } as Backup] }, false)).toEqual([]);
});

test('backups leave the region, stay in the jurisdiction, and prefer a region of the deployment', () => {
  expect(backupRegion('eu-west-1', ['eu-west-1', 'us-east-1', 'eu-central-1'])).toBe('eu-central-1');
  expect(backupRegion('us-east-1', ['us-east-1', 'eu-west-1'])).toMatch(/^us-/);
  expect(backupRegion('us-east-1', ['us-east-1', 'eu-west-1'])).not.toBe('us-east-1');
  expect(backupRegion('sa-east-1', ['sa-east-1', 'eu-west-1'])).toBe('sa-east-1');
});

test('the strictest tier that both times keep counts; a loss that nobody knows keeps none', () => {
  expect(tierKept({ rtoMs: 9_000, rpoMs: 900 })).toBe('emergency');
  expect(tierKept({ rtoMs: 9_000, rpoMs: 20_000 })).toBe('standard');
  expect(tierKept({ rtoMs: 600_000, rpoMs: 0 })).toBe('data synchronization');
  expect(tierKept({ rtoMs: 1_000_000, rpoMs: 0 })).toBeUndefined();
  expect(tierKept({ rtoMs: 1, rpoMs: undefined })).toBeUndefined();
});
