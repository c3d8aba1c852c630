/**
 * A worker in a process of its own, from dist/, so that it can be killed for real. Its platform is the fake cloud of the
 * process that started it, asked over HTTP: what was done outlives the worker, as in a real cloud.
 */
const path = require('node:path');
const { Client } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime } = require('@temporalio/worker');

const built = (file) => require(path.join(__dirname, '../../dist', file));
const { FileArtifactStore } = built('activities/store/file-artifact-store');
const { FileDeploymentStore } = built('activities/store/file-deployment-store');
const { createTakeModelTurn } = built('activities/take-model-turn');
const { PlatformError } = built('platforms/platform-error');
const { createWorker } = built('worker/create-worker');
const { dataConverter } = built('payload-codec');

const { address, taskQueue, home, bundle, cloud } = JSON.parse(process.argv[2]);
process.on('disconnect', () => process.exit(0));

async function call(port, method, args) {
  // what is left is data: the context of a call stays here
  const body = JSON.stringify({ port, method, args: args.filter((arg) => !(arg?.signal instanceof AbortSignal)) });
  const response = await fetch(cloud, { method: 'POST', body });
  const { result, error } = await response.json();
  if (error) throw new PlatformError(error.type, error.message, error);
  return result;
}

const port = (name) =>
  new Proxy(
    {},
    {
      get:
        (_target, method) =>
        (...args) =>
          call(name, method, args),
    },
  );
const platform = { kind: 'fake', source: 'fake' };
for (const name of ['stacks', 'data', 'traffic', 'probes', 'faults']) platform[name] = port(name);

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const worker = await createWorker({
    connection,
    namespace: 'default',
    taskQueue,
    workflows: { workflowBundle: { codePath: bundle } },
    dependencies: {
      records: new FileDeploymentStore(path.join(home, 'records')),
      artifacts: new FileArtifactStore(path.join(home, 'artifacts')),
      platform: () => platform,
      takeModelTurn: createTakeModelTurn({ model: undefined }),
      settings: { searchable: false },
      client: new Client({ connection, dataConverter }),
      reportDirectory: path.join(home, 'reports'),
      now: () => new Date(),
    },
  });
  process.send('ready');
  await worker.run();
}

void main();
