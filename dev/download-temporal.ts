import { TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * Makes the Temporal SDK download its development server into the folder given as the argument. The SDK offers no
 * download alone: it starts the server too, which also shows that the program runs here.
 */
async function downloadTemporal(downloadDir: string): Promise<void> {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir } },
  });
  await environment.teardown();
}

downloadTemporal(process.argv[2] ?? '.').then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(error.message);
    process.exit(1);
  },
);
