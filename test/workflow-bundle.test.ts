import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const MEGABYTE = 1024 * 1024;

test('the workflows bundle for the sandbox, and stay small', async () => {
  // The bundler itself refuses Node modules and anything else a workflow must not touch.
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  for (const workflow of ['deployment', 'deployMultiRegion', 'deployRegion', 'retireDeployment']) {
    expect(code).toMatch(new RegExp(`\\b${workflow}\\b`));
  }
  // Every worker keeps it in memory once per thread, and every replay test loads it. Two thirds are source maps.
  expect(code.length).toBeLessThan(8 * MEGABYTE);
});
