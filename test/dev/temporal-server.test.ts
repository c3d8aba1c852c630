import { Worker } from '@temporalio/worker';
import { skipTime, startTestTemporal, type TestTemporal } from '../support/temporal-server';

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await startTestTemporal();
});
afterAll(() => temporal.stop());

test('a workflow that sleeps a day takes seconds, and is found by our search attributes', async () => {
  skipTime(temporal);
  const { client, nativeConnection: connection } = temporal.environment;
  const worker = await Worker.create({
    connection,
    taskQueue: 'sleep',
    workflowsPath: require.resolve('./sleeper.workflow'),
  });
  const started = Date.now();
  const result = await worker.runUntil(
    client.workflow.execute('sleepForADay', { taskQueue: 'sleep', workflowId: 'sleep/1' }),
  );
  expect(result).toBe('rested');
  expect(Date.now() - started).toBeLessThan(20_000);
  const { count } = await client.workflow.count(`MeridianRegions = 'eu-west-1' AND MeridianNeedsApproval = true`);
  expect(count).toBe(1);
});
