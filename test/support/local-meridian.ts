import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { parse } from 'yaml';
import { closeClient, connectClient, type MeridianClient } from '../../clients/connection';
import { retireDeployment, submitDeployment } from '../../clients/operations';
import type { Progress } from '../../contracts/progress';
import type { DeploymentReport } from '../../contracts/report';
import type { DeploymentRequest } from '../../contracts/request';
import { type LocalEnvironment, startLocalEnvironment } from '../../dev/local-environment';
import { readLocalState } from '../../dev/local-state';
import { createDaemonClient, type DaemonClient } from '../../lab/daemon/daemon-client';
import { parseRequest } from '../../policies/parse-request';
import { loadConfig } from '../../temporal.config';
import type { deployMultiRegion, retireDeployment as retire } from '../../workflows';

/** The whole product on this machine, for scenarios: server, lab, worker, and a client of them. */
export interface LocalMeridian {
  environment: LocalEnvironment;
  meridian: MeridianClient;
  lab: DaemonClient;
  begin(request: DeploymentRequest): Promise<WorkflowHandle<typeof deployMultiRegion>>;
  deploy(request: DeploymentRequest): Promise<DeploymentReport>;
  retire(request: DeploymentRequest): Promise<Awaited<ReturnType<typeof retire>>>;
  progress(handle: WorkflowHandle): Promise<Progress>;
  /** kill -9 of the worker; the supervisor starts another one */
  killWorker(): Promise<number>;
  stop(): Promise<void>;
}

export async function startLocalMeridian(env: Record<string, string> = {}): Promise<LocalMeridian> {
  const stateFolder = await mkdtemp(path.join(os.tmpdir(), 'meridian-scenario-'));
  const variables = { ...process.env, MERIDIAN_HOME: stateFolder, TEMPORAL_ADDRESS: '', ...env };
  const environment = await startLocalEnvironment({ stateFolder, announce: true, keep: false, env: variables });
  const meridian = await connectClient(loadConfig(variables));
  const begin: LocalMeridian['begin'] = async (request) => {
    const { workflowId } = await submitDeployment(meridian, { request, requester: 'ada' });
    return meridian.client.workflow.getHandle(workflowId);
  };
  return {
    environment,
    meridian,
    lab: createDaemonClient({ url: environment.labUrl }),
    begin,
    deploy: async (request) => (await begin(request)).result(),
    retire: async ({ application, environment: name }) => {
      const target = { application, environment: name, requester: 'ada' };
      const { workflowId } = await retireDeployment(meridian, target);
      return meridian.client.workflow.getHandle<typeof retire>(workflowId).result();
    },
    progress: (handle) => handle.query<Progress, [{ sinceSeq: number }]>('progress', { sinceSeq: 0 }),
    killWorker: async () => {
      const pid = readLocalState(stateFolder)?.workerPid ?? 0;
      process.kill(pid, 'SIGKILL');
      while (readLocalState(stateFolder)?.workerPid === pid) await pause(50);
      return pid;
    },
    stop: async () => {
      await closeClient(meridian);
      await environment.stop();
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}

/** A request of the examples folder, with changes, that asks nobody for approval. */
export async function exampleRequest(
  file: string,
  change: Partial<DeploymentRequest> = {},
): Promise<DeploymentRequest> {
  const text = await readFile(path.join(__dirname, '../../examples', file), 'utf8');
  const parsed = parseRequest(parse(text));
  if ('problems' in parsed) throw new Error(`${file}: ${JSON.stringify(parsed.problems)}`);
  const { request } = parsed;
  return { ...request, ...change, rollout: { ...request.rollout, approval: 'none', ...change.rollout } };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
