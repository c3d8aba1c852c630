import { resumeAutomation, suspendAutomation } from '../../../lab/daemon/automation';
import type { Lab } from '../../../lab/daemon/lab-state';
import { promote } from '../../../lab/daemon/promote';
import { PlainLeases, plainDeployment } from './plain-deployment';

const lab = { log: () => undefined } as unknown as Lab;
const NEVER = { holder: undefined, epoch: 0, renewal: 0 };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('sentinels wait for a minute after the last fence, not after the first', async () => {
  const { deployment, store } = plainDeployment(['a'], new PlainLeases(NEVER));
  await suspendAutomation(lab, deployment, store);
  await jest.advanceTimersByTimeAsync(5_000);
  await resumeAutomation(lab, deployment, store);
  expect(store.suspended).toBeUndefined();
  await jest.advanceTimersByTimeAsync(45_000);
  await suspendAutomation(lab, deployment, store);
  await jest.advanceTimersByTimeAsync(30_000);
  await suspendAutomation(lab, deployment, store);
  await jest.advanceTimersByTimeAsync(59_000);
  expect(store.suspended).toBeDefined();
  await jest.advanceTimersByTimeAsync(2_000);
  expect(store.suspended).toBeUndefined();
});

test('sentinels wait for a minute after the last attempt to promote, if they still wait', async () => {
  const { deployment, store } = plainDeployment(['a', 'b'], new PlainLeases(NEVER));
  const attempt = () => promote(lab, deployment, { store: 'orders', region: 'a', expectedPrimary: 'b', epoch: 2 });
  await suspendAutomation(lab, deployment, store);
  await jest.advanceTimersByTimeAsync(50_000);
  await expect(attempt()).rejects.toThrow('b is not the primary of orders');
  await jest.advanceTimersByTimeAsync(50_000);
  expect(store.suspended).toBeDefined();
  await jest.advanceTimersByTimeAsync(11_000);
  expect(store.suspended).toBeUndefined();
  await expect(attempt()).rejects.toThrow('b is not the primary of orders');
  expect(store.suspended).toBeUndefined();
});
