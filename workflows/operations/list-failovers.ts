import type { FailoverListing } from '../../contracts/failover-listing';
import type { DeploymentKey } from '../../contracts/workflow-ids';
import { isDiverged, operatingState } from '../../policies/operations/operating-state';
import { platform, quick } from '../support/activity-stubs';
import { messageOf } from '../support/failures';

/** What failed over and what was operated, by record, and what the platform says now. Reads only; takes no slot. */
export async function listFailovers(key: DeploymentKey): Promise<FailoverListing> {
  const record = await quick.loadRecord('read the record', key);
  const { live, place, failovers = [], operations = [], fenced = [] } = record;
  const listing = { failovers, operations, fenced };
  if (!live || !place) return { ...listing, state: operatingState(record), writers: [] };
  const stores = (live.replication?.stores ?? [])
    .filter(({ engine }) => engine === 'postgresql')
    .map(({ store, primary, replicas }) => ({ store, regions: [primary, ...replicas] }));
  try {
    const writers = await platform.findWriters('who takes the writes', { ...key, ...place, stores });
    return { ...listing, state: operatingState(record, isDiverged(record, writers)), writers };
  } catch (error) {
    return { ...listing, state: operatingState(record), writers: [], unseen: messageOf(error) };
  }
}
