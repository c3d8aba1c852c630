import type { Lab, Site } from '../../../lab/daemon/lab-state';
import { rejoin } from '../../../lab/daemon/rejoin';
import { PlainLeases, plainDeployment } from './plain-deployment';

const lab = { log: () => undefined } as unknown as Lab;
const asPrimary = { store: 'orders', region: 'a', epoch: 9, asPrimary: true };

function deploymentHeldBy(holder: string | undefined) {
  const deployed = plainDeployment(['a', 'b'], new PlainLeases({ holder, epoch: 4, renewal: 7 }));
  deployed.deployment.sites.get('a')!.process = { alive: true } as unknown as NonNullable<Site['process']>;
  return deployed.deployment;
}

test('who is to take writes again is never made a standby of another: its data stays as it is', async () => {
  await expect(rejoin(lab, deploymentHeldBy('b'), asPrimary)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: 'a must not take the writes of orders again: b has taken its place',
  });
});

test('nobody takes writes again beside a restore that has replaced data and not ended', async () => {
  const deployment = deploymentHeldBy(undefined);
  deployment.sites.get('b')!.databases.get('orders')!.isRestoring = true;
  await expect(rejoin(lab, deployment, asPrimary)).rejects.toMatchObject({
    type: 'Platform.Refused',
    message: expect.stringContaining('a restore of orders in b has not ended'),
  });
});
