import { LabError } from '../lab-error';
import type { Store } from './lab-state';

/** Accepts the epoch of an act on a store, and with it every later one only. Refuses an older one. */
export function acceptEpoch(store: Store, epoch: number): void {
  if (epoch < store.epoch) {
    throw new LabError(
      'Platform.StaleEpoch',
      `epoch: ${epoch} is older than ${store.epoch}, which store ${store.name} has accepted; read the record again`,
      { resource: store.name },
    );
  }
  store.epoch = epoch;
}
