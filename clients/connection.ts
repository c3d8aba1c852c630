import { connect as connectSocket } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../payload-codec';
import type { MeridianConfig } from '../temporal.config';
import { noWorkerProblem, toClientProblem, unreachableProblem } from './client-problem';
import type { Signer } from './signing/signer';
import { readSigner } from './signing/signing-key';

/** A connected client with what every call needs to know. */
export interface MeridianClient {
  client: Client;
  address: string;
  namespace: string;
  taskQueue: string;
  webUiUrl: string | undefined;
  /** signs what this client asks for and decides; undefined: no key is configured */
  signer?: Signer | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;
const WORKER_WAIT_MS = 5_000;
const WORKER_POLL_MS = 250;
const TASK_QUEUE_TYPE_WORKFLOW = 1;

/**
 * Connects to the configured server, with the configured signing key. Throws a ClientProblem when nothing answers
 * there within 5 s, or the key cannot be used.
 */
export async function connectClient({
  temporal,
  signing,
}: Pick<MeridianConfig, 'temporal' | 'signing'>): Promise<MeridianClient> {
  const signer = signing.keyFile === undefined ? undefined : await readSigner(signing.keyFile);
  const { connectionOptions, namespace, taskQueue, webUiUrl } = temporal;
  const { address } = connectionOptions;
  if (await isRefused(address)) throw unreachableProblem('connect', address);
  try {
    const connection = await Connection.connect({
      address,
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(connectionOptions.tls !== undefined && { tls: connectionOptions.tls }),
      ...(connectionOptions.apiKey !== undefined && { apiKey: connectionOptions.apiKey }),
      ...(connectionOptions.metadata !== undefined && { metadata: connectionOptions.metadata }),
    });
    const client = new Client({ connection, namespace, dataConverter });
    return { client, address, namespace, taskQueue, webUiUrl, signer };
  } catch (error) {
    const problem = toClientProblem(error, 'connect', address);
    throw problem.code === 'unexpected' ? unreachableProblem('connect', address) : problem;
  }
}

/** gRPC keeps trying a closed port until its time-out; a person who forgot to start the server should not wait for that. */
async function isRefused(address: string): Promise<boolean> {
  const { host, port } = /^(?<host>[^/:]+):(?<port>\d+)$/.exec(address)?.groups ?? {};
  if (!host || !port) return false;
  return new Promise((resolve) => {
    const socket = connectSocket({ host, port: Number(port), timeout: CONNECT_TIMEOUT_MS });
    const answer = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket.once('connect', () => answer(false));
    socket.once('timeout', () => answer(false));
    socket.once('error', (error: NodeJS.ErrnoException) => answer(error.code === 'ECONNREFUSED'));
  });
}

export async function closeClient({ client }: MeridianClient): Promise<void> {
  await client.connection.close();
}

/** A workflow that nobody has in memory is replayed first, and a worker that died keeps its queries for a while. */
export const QUERY_TIMEOUT_MS = 10_000;

/** Runs one call with a deadline; any error comes out as a ClientProblem. */
export async function call<Result>(
  { client, address }: MeridianClient,
  doing: string,
  timeoutMs: number,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, run);
  } catch (error) {
    throw toClientProblem(error, doing, address);
  }
}

/**
 * Waits up to 5 s until some worker polls the task queue. Without this, a submission to an idle server would leave a
 * workflow behind that nobody runs.
 */
export async function requireWorker(meridian: MeridianClient, doing: string): Promise<void> {
  const deadline = Date.now() + WORKER_WAIT_MS;
  while (!(await hasWorker(meridian, doing))) {
    if (Date.now() > deadline) throw noWorkerProblem(doing);
    await new Promise((resolve) => setTimeout(resolve, WORKER_POLL_MS));
  }
}

async function hasWorker(meridian: MeridianClient, doing: string): Promise<boolean> {
  const { client, namespace, taskQueue } = meridian;
  const answer = await call(meridian, doing, CONNECT_TIMEOUT_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
    }),
  );
  return (answer.pollers ?? []).length > 0;
}

/** Address of a workflow in the Web UI; undefined when no Web UI is known. */
export function workflowUrl(
  { webUiUrl, namespace }: Pick<MeridianClient, 'webUiUrl' | 'namespace'>,
  workflowId: string,
  runId = '',
): string | undefined {
  if (webUiUrl === undefined) return undefined;
  const path = ['namespaces', namespace, 'workflows', workflowId, ...(runId ? [runId] : [])];
  return `${webUiUrl}/${path.map(encodeURIComponent).join('/')}`;
}
