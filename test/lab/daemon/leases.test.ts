import { setTimeout as sleep } from 'node:timers/promises';
import { grantLease, releaseLease, takeSilentLease } from '../../../lab/daemon/leases';
import { PlainLeases, plainDeployment } from './plain-deployment';

const SHORT_MS = 60;
const seen = { holder: 'a', epoch: 4, renewal: 7 };

test('a lease that nobody renewed for as long as it holds goes to another region, in a newer epoch', async () => {
  const leases = new PlainLeases(seen);
  const { deployment, store } = plainDeployment(['a', 'b'], leases);
  expect(await takeSilentLease(deployment, store, seen, 'b', SHORT_MS)).toMatchObject({ holder: 'b', epoch: 5 });
  expect(store.primary).toBe('b');
});

test('a region that renews its lease in the last moment keeps it', async () => {
  const leases = new PlainLeases(seen);
  const { deployment, store } = plainDeployment(['a', 'b'], leases);
  const taking = takeSilentLease(deployment, store, seen, 'b', SHORT_MS);
  await sleep(SHORT_MS / 2);
  const renewed = { ...seen, renewal: 8 };
  leases.lease = renewed;
  await expect(taking).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('a renews its lease of orders'),
  });
  expect(leases.lease).toBe(renewed);
  expect(store.primary).toBe('a');
});

test('a lease that is held is not granted', async () => {
  const { deployment, store } = plainDeployment(['a', 'b'], new PlainLeases(seen));
  await expect(grantLease(deployment, store, 'b')).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('a holds the lease of orders in epoch 4'),
  });
});

test('a lease that its keeper gives up at the same moment is given up', async () => {
  const leases = new PlainLeases(seen);
  const { deployment, store } = plainDeployment(['a', 'b'], leases);
  const change = leases.change.bind(leases);
  leases.change = async (key, next) => {
    leases.lease = { ...seen, holder: undefined, renewal: 8 };
    return change(key, next);
  };
  await releaseLease(deployment, store, 'a');
  expect(leases.lease).toEqual({ holder: undefined, epoch: 4, renewal: 8 });
});

test('a lease that could not be given up is an error', async () => {
  const leases = new PlainLeases(seen);
  const { deployment, store } = plainDeployment(['a', 'b'], leases);
  leases.change = async () => ({ outcome: 'unknown', reason: 'no majority' }) as never;
  await expect(releaseLease(deployment, store, 'a')).rejects.toMatchObject({
    type: 'Platform.Unavailable',
    message: 'the lease of a could not be given up: no majority',
  });
});
