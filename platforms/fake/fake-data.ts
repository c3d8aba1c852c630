import type { DatabaseStatus } from '../../contracts/replication';
import type { DataPort } from '../platform';
import { PlatformError } from '../platform-error';
import type { FakeCloud } from './fake-cloud';

export function fakeData(cloud: FakeCloud): DataPort {
  const status = (region: string, store: string): DatabaseStatus => {
    const database = cloud.databases.get(region);
    if (!database || database.fenced) return { region, store, reachable: false, role: 'unknown' };
    const lagMs = cloud.lagging.has(region) ? 3_600_000 : 0;
    return {
      region,
      store,
      reachable: true,
      role: database.role,
      receivedLsn: '0/3000000',
      lagMs,
      lagBytes: lagMs,
      tls: true,
    };
  };
  return {
    status: ({ region, store }) => cloud.call('status', { region }, () => status(region, store)),
    fence: ({ region, store, epoch }) =>
      cloud.call('fence', { region }, () => {
        cloud.accept(epoch);
        cloud.did(`fence ${region}`, { call: 'fence', region, epoch });
        const database = cloud.databases.get(region);
        if (database) database.fenced = true;
        const lease = cloud.leases.get(store);
        if (lease?.holder === region) delete lease.holder;
        return {
          kind: 'processes-gone',
          region,
          epoch,
          at: new Date().toISOString(),
          detail: 'the fake has no processes',
        };
      }),
    promote: ({ region, store, expectedPrimary, epoch, riskAccepted }) =>
      cloud.call('promote', { region }, () => {
        cloud.accept(epoch);
        const database = cloud.databases.get(region);
        const lease = cloud.leases.get(store);
        if (database?.role === 'primary') {
          if (lease) Object.assign(lease, { holder: region, epoch });
          return status(region, store);
        }
        const old = cloud.databases.get(expectedPrimary);
        if (!database || old?.role !== 'primary' || !(old.fenced || riskAccepted)) {
          throw new PlatformError('Platform.Refused', `${expectedPrimary} is not a fenced primary`, { region });
        }
        old.role = 'standby';
        database.role = 'primary';
        if (lease) Object.assign(lease, { holder: region, epoch });
        cloud.did(`promote ${region}`, { call: 'promote', region, epoch });
        return status(region, store);
      }),
    rejoin: ({ region, store, epoch }) =>
      cloud.call('rejoin', { region }, () => {
        cloud.accept(epoch);
        cloud.did(`rejoin ${region}`, { call: 'rejoin', region, epoch });
        // the primary that nobody replaced comes back on its own data
        const role = cloud.databases.get(region)?.role === 'primary' ? 'primary' : 'standby';
        const lease = cloud.leases.get(store);
        if (lease && role === 'primary') lease.holder ??= region;
        cloud.databases.set(region, { region, role, fenced: false });
        const divergence = cloud.divergence.get(region);
        cloud.divergence.delete(region);
        return { ...status(region, store), ...(divergence && { divergence }) };
      }),
    compare: ({ regions }) =>
      cloud.call('compare', {}, () => ({
        consistent: true,
        regions: regions.map((region) => ({ region, rows: 0, digest: 'empty' })),
      })),
    handOver: ({ store, from, to, epoch }) =>
      cloud.call('handOver', { region: to }, () => {
        cloud.accept(epoch);
        const lease = cloud.leases.get(store);
        if (lease) Object.assign(lease, { holder: to, epoch });
        const [old, next] = [cloud.databases.get(from), cloud.databases.get(to)];
        if (next?.role !== 'primary') {
          if (old?.role !== 'primary' || !next || next.fenced)
            throw new PlatformError('Platform.Refused', `${from} cannot hand over to ${to}`, { region: to });
          Object.assign(old, { role: 'standby', fenced: true });
          next.role = 'primary';
          cloud.did(`hand over to ${to}`, { call: 'handOver', region: to, epoch });
        }
        const at = new Date().toISOString();
        const detail = 'the fake has no processes';
        return { fence: { kind: 'stopped-cleanly', region: from, epoch, at, detail }, heldMs: 0 };
      }),
    lease: ({ store }) => cloud.call('lease', {}, () => cloud.leases.get(store)),
    takeovers: ({ store, since }) =>
      cloud.call('takeovers', {}, () => cloud.takeovers.filter((one) => one.store === store && one.at > since)),
    setAutomation: ({ store, chain, automation }) =>
      cloud.call('setAutomation', {}, () => {
        const lease = cloud.leases.get(store);
        if (lease) lease.automation = automation;
        cloud.did(`automation ${automation}: ${chain.join(' > ')}`, { call: 'setAutomation' });
      }),
  };
}
