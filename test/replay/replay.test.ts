import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { dataConverter } from '../../payload-codec';

const HISTORIES = path.join(__dirname, 'histories');

Runtime.install({ logger: new DefaultLogger('ERROR') });

/**
 * Recorded histories (npm run record:histories) replay against the workflows as they are now. When one does not, the
 * change would break deployments that are under way: bring it in with `patched`, or record anew if none can be.
 */
it('every recorded history replays', async () => {
  const files = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'));
  expect(files.length).toBeGreaterThanOrEqual(10);
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows') });
  const histories = files.map((file) => {
    const { workflowId, history } = JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8'));
    const bytes = gunzipSync(Buffer.from(history, 'base64'));
    return { workflowId, history: temporal.api.history.v1.History.decode(bytes) };
  });
  const failed: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, histories)) {
    if (error) failed.push(`${workflowId}: ${error.message}`);
  }
  expect(failed).toEqual([]);
});
