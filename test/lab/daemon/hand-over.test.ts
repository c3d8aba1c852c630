import { handOver } from '../../../lab/daemon/hand-over';
import type { Lab, Site } from '../../../lab/daemon/lab-state';
import { LabError } from '../../../lab/lab-error';
import { PlainLeases, plainDeployment } from './plain-deployment';

const lab = { log: () => undefined } as unknown as Lab;
const move = { store: 'orders', from: 'a', to: 'b', epoch: 5 };

/** A keeper of `a` of which only the answer to a hand-over is heard. */
function deploymentWith(answer: () => Promise<{ heldMs: number }>) {
  const leases = new PlainLeases({ holder: 'a', epoch: 4, renewal: 7 });
  const { deployment, store } = plainDeployment(['a', 'b'], leases);
  const keeper = { port: 0, process: { alive: true, call: answer } } as unknown as NonNullable<Site['keeper']>;
  deployment.sites.get('a')!.keeper = keeper;
  return { deployment, store, leases };
}

const lost = async () => {
  throw new LabError('Platform.Unavailable', 'no answer to handOver within 30000 ms');
};

test('a takeover in the very epoch of a hand-over whose answer was lost is not taken for it', async () => {
  const { deployment, leases } = deploymentWith(lost);
  await expect(handOver(lab, deployment, move)).rejects.toMatchObject({ type: 'Platform.Unavailable' });
  leases.lease = { holder: 'b', epoch: 5, renewal: 0 };
  await expect(handOver(lab, deployment, move)).rejects.toMatchObject({ type: 'Platform.Refused' });
  expect(deployment.sites.get('a')?.databases.get('orders')?.fenced).toBeUndefined();
});

test('a takeover after a hand-over whose answer was lost is not taken for it', async () => {
  const { deployment, leases } = deploymentWith(lost);
  await expect(handOver(lab, deployment, move)).rejects.toMatchObject({ type: 'Platform.Unavailable' });
  leases.lease = { holder: 'b', epoch: 6, renewal: 0 };
  await expect(handOver(lab, deployment, { ...move, epoch: 6 })).rejects.toMatchObject({ type: 'Platform.Refused' });
});

test('a hand-over that the keeper refused is on no record', async () => {
  const { deployment, store } = deploymentWith(async () => {
    throw new Error('b did not receive all of the log');
  });
  await expect(handOver(lab, deployment, move)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('b did not receive all of the log'),
  });
  expect(store.lastPromotion).toBeUndefined();
});
