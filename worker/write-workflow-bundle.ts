import { rename, writeFile } from 'node:fs/promises';
import { bundleWorkflowCode } from '@temporalio/worker';

/** `node write-workflow-bundle.js FILE`: bundles the workflows of this build into FILE. */
async function main(file: string): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('../workflows') });
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, code);
  await rename(beside, file);
}

main(process.argv[2] ?? '').catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
