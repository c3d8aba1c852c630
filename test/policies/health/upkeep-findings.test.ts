import type { WatchedDeployment } from '../../../contracts/region-observation';
import { upkeepFindings } from '../../../policies/health/upkeep-findings';
import { watched } from './watched';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(NOW - hours * HOUR_MS).toISOString();
const key = { application: 'orders', environment: 'staging' };

function found(change: Partial<WatchedDeployment>) {
  const all = upkeepFindings({ key, deployment: watched(change), windows: [], leases: [], nowMs: NOW });
  return all.filter(({ firing }) => firing).map(({ key: cause, severity, next }) => ({ cause, severity, next }));
}

const rounds = (change: object = {}) => ({ backups: { at: ago(1), failed: [], findings: [], ...change } });
const next = 'meridian backups orders/staging';

it.each([
  ['a round that went well', rounds(), []],
  ['no round yet', {}, []],
  [
    'a round that failed',
    rounds({ failed: ['orders: disk full'] }),
    [{ cause: 'backup-round', severity: 'warning', next }],
  ],
  ['rounds that have stopped', rounds({ at: ago(13) }), [{ cause: 'backup-round', severity: 'warning', next }]],
  [
    'a backup that could not be restored',
    rounds({
      findings: [
        { store: 'orders', severity: 'warning', message: 'kept beside the database' },
        { store: 'orders', severity: 'critical', message: 'failed its restore' },
      ],
    }),
    [{ cause: 'backup/orders', severity: 'critical', next }],
  ],
  [
    'a backup that was never restored',
    rounds({ findings: [{ store: 'orders', severity: 'warning', message: 'never restored' }] }),
    [{ cause: 'backup/orders', severity: 'warning', next }],
  ],
])('%s', (_what, change, findings) => {
  expect(found(change as Partial<WatchedDeployment>)).toEqual(findings);
});

it('each schedule of drills has an alert of its own, which its next run ends', () => {
  const daily = { cadence: 'daily' as const, at: ago(2), held: 2, failed: ['freeze (refused): a region is drained'] };
  const monthly = { cadence: 'monthly' as const, at: ago(99), held: 1, failed: [] };
  const all = upkeepFindings({
    ...{ key, windows: [], leases: [], nowMs: NOW },
    deployment: watched({ scheduledDrills: [daily, monthly] }),
  });
  expect(all).toMatchObject([
    {
      key: 'scheduled-drills/daily',
      firing: true,
      severity: 'warning',
      title: '1 of 2 daily drills were not held or have failed',
      detail: 'freeze (refused): a region is drained',
      next: 'meridian drills orders/staging',
    },
    { key: 'scheduled-drills/monthly', firing: false },
  ]);
});
