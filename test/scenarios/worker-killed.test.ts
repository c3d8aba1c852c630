import type { WorkflowHandle } from '@temporalio/client';
import { exampleRequest, type LocalMeridian, pause, startLocalMeridian } from '../support/local-meridian';

let local: LocalMeridian;
beforeAll(async () => {
  local = await startLocalMeridian();
});
afterAll(() => local.stop());

it('ends with the same verdict and makes nothing twice when the worker is killed three times', async () => {
  const request = await exampleRequest('three-regions.yaml');
  const handle = await local.begin(request);
  for (const moment of [/base stack$/, /data stack$/, /being killed/]) {
    await reached(handle, moment);
    await local.killWorker();
  }
  const report = await handle.result();
  expect(report.failure).toBeUndefined();
  expect(report.verdict).toBe('promoted');
  expect(report.drill?.passed).toBe(true);

  const stacks = await local.lab.call('stacks.list', request);
  const names = stacks.map(({ ref }) => `${ref.region}/${ref.kind}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toHaveLength(report.plan?.stacks.length ?? 0);
  for (const { region } of report.topology?.regions ?? []) {
    const status = await local.lab.call('regions.status', { ...request, region });
    for (const service of status.services) expect(service.tasksHealthy).toBe(service.tasksWanted);
  }
  const [store] = await local.lab.call('data.stores', request);
  expect(store).toMatchObject({ primary: report.topology?.primary });

  // The next deployment acts under tokens of its own: nothing it does is mistaken for something already done.
  const again = await local.deploy(request);
  expect(again).toMatchObject({ verdict: 'promoted', generation: 2 });
  expect(again.drill).toBeUndefined();
});

async function reached(handle: WorkflowHandle, moment: RegExp): Promise<void> {
  for (;;) {
    const progress = await local.progress(handle).catch(() => undefined);
    if (progress?.events.some(({ message }) => moment.test(message))) return;
    if (progress?.verdict) throw new Error(`the deployment ended ${progress.verdict} before ${moment}`);
    await pause(100);
  }
}
