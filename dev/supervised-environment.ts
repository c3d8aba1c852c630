import { join } from 'node:path';
import type { ConnectionOptions } from '@temporalio/client';
import { whoDecides } from '../agents/models/model-config';
import { startLab } from '../lab/start-lab';
import { loadConfig } from '../temporal.config';
import type { EnvironmentOptions } from './environment-messages';
import { environmentVariables, type LocalState, removeLocalState, writeLocalState } from './local-state';
import { registerSearchAttributes } from './register-search-attributes';
import { startTemporalServer } from './temporal-server';
import { startWorkerProcess } from './worker-process';

/** Something that was started, or that was there already: then stopping it does nothing. */
interface Part {
  stop(): Promise<void>;
}
type TemporalPart = Part & { address: string; uiUrl: string | undefined };
type LabPart = Part & { url: string };

export interface EnvironmentListener {
  onEvent(message: string): void;
  /** something ended that cannot be brought back; the environment should be stopped */
  onBroken(reason: string): void;
}

export interface SupervisedEnvironment {
  state: LocalState;
  /** Stops what was started here, in the inverse order. */
  stop(): Promise<void>;
}

/**
 * Starts a Temporal server, a lab and a worker, whichever were not given, as children of this process. When one of
 * them does not start, stops the others and throws.
 */
export async function startSupervisedEnvironment(
  options: EnvironmentOptions,
  listener: EnvironmentListener,
): Promise<SupervisedEnvironment> {
  const started: Part[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.toReversed()) await part.stop();
    if (options.announceIn) removeLocalState(options.announceIn);
  };
  try {
    const [temporal, lab] = await startBoth(temporalPart(options, listener), labPart(options, listener), started);
    const { worker, state } = await startWorker(options, temporal, lab, listener);
    started.push(worker);
    return { state, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts both at once. A failure of one waits for the other, which can be stopped only when it has started. */
async function startBoth<A extends Part, B extends Part>(
  a: Promise<A>,
  b: Promise<B>,
  started: Part[],
): Promise<[A, B]> {
  for (const outcome of await Promise.allSettled([a, b])) {
    if (outcome.status === 'fulfilled') started.push(outcome.value);
  }
  return Promise.all([a, b]);
}

async function temporalPart(options: EnvironmentOptions, { onEvent }: EnvironmentListener): Promise<TemporalPart> {
  const { temporal, tools } = loadConfig();
  if (temporal.source === 'environment') {
    const { address } = temporal.connectionOptions;
    await registerSearchAttributes(temporal.connectionOptions as ConnectionOptions, temporal.namespace);
    onEvent(`temporal: ${address} (was there)`);
    return { address, uiUrl: temporal.webUiUrl, stop: async () => undefined };
  }
  const server = await startTemporalServer({
    ...tools,
    ui: true,
    logFolder: join(options.home, 'logs'),
    onEvent,
  });
  onEvent(`temporal: ${server.address}, web ui ${server.uiUrl}`);
  return server;
}

async function labPart({ planted }: EnvironmentOptions, { onEvent }: EnvironmentListener): Promise<LabPart> {
  // In its own folder below the temporary one: databases need short socket paths, and as root they run as another
  // user, who may not be allowed into ours.
  const lab = await startLab({ planted });
  onEvent(`lab: ${lab.url}, logs in ${lab.home}`);
  return lab;
}

async function startWorker(
  options: EnvironmentOptions,
  temporal: TemporalPart,
  lab: LabPart,
  { onEvent, onBroken }: EnvironmentListener,
): Promise<{ worker: Part; state: LocalState }> {
  const state = {
    pid: process.pid,
    home: options.home,
    temporalAddress: temporal.address,
    uiUrl: temporal.uiUrl,
    labUrl: lab.url,
  };
  const announce = (workerPid: number): LocalState => {
    if (options.announceIn) writeLocalState(options.announceIn, { ...state, workerPid });
    onEvent(`worker: pid ${workerPid}`);
    return { ...state, workerPid };
  };
  onEvent(`decisions: ${whoDecides(loadConfig().model)}`);
  const worker = await startWorkerProcess({
    env: { ...process.env, ...environmentVariables(state) },
    logFile: join(options.home, 'logs', 'worker.log'),
    onRestart: announce,
    onGivenUp: onBroken,
  });
  return { worker, state: announce(worker.pid()) };
}
