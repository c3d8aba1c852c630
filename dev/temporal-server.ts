import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes';
import { freePort } from './free-port';
import { startGuardedProcess, untilReady } from './guarded-process';
import { type FindTemporalInput, findTemporalBinary } from './temporal-binary';

const START_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 3_000;
/** A port that was free a moment ago may be taken when the server gets there. */
const START_ATTEMPTS = 3;

/**
 * The development server looks for work 20 times a second by default, which costs a workflow 50 ms per task. Measured
 * with these: a workflow of four activities takes a fifth of the time.
 */
const SERVER_TUNING = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  'history.visibilityProcessorMaxPollRPS=2000',
].flatMap((value) => ['--dynamic-config-value', value]);

/** The file’s own defaults wait for the disk at every transaction; a development server can lose its last second. */
const FILE_TUNING = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];

export interface StartTemporalServerInput extends FindTemporalInput {
  /** asked for, not demanded: another free port is taken when it is in use */
  port?: number;
  /** keeps the histories over a restart; without it they live in memory */
  dbFilename?: string;
  ui: boolean;
  logFolder: string;
  /** more arguments for the server, for tests */
  extraArguments?: string[];
  onEvent?: (message: string) => void;
}

export interface TemporalServer {
  address: string;
  uiUrl: string | undefined;
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a Temporal development server on loopback, with Meridian's search attributes, and waits until it answers. It
 * ends with this process at the latest. Throws when no server can be found (says what was tried) or it does not start.
 */
export async function startTemporalServer(input: StartTemporalServerInput): Promise<TemporalServer> {
  const { file, from } = await findTemporalBinary(input);
  input.onEvent?.(`temporal server: ${file} (${from})`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnFreePort(file, input);
    } catch (error) {
      if (attempt < START_ATTEMPTS) continue;
      const reason = (error as Error).message;
      throw new Error(`the temporal server did not start: ${reason}; its log is ${logFile(input)}`);
    }
  }
}

async function startOnFreePort(file: string, input: StartTemporalServerInput): Promise<TemporalServer> {
  const port = await freePort(input.port);
  const uiPort = input.ui ? await freePort(port + 1000) : undefined;
  const address = `127.0.0.1:${port}`;
  const server = await startGuardedProcess({
    command: file,
    args: serverArguments(port, uiPort, input),
    logFile: logFile(input),
    graceMs: STOP_GRACE_MS,
  });
  try {
    await untilReady(server, () => answers(address), START_TIMEOUT_MS);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { address, uiUrl: uiPort ? `http://127.0.0.1:${uiPort}` : undefined, pid: server.pid, stop: server.stop };
}

function logFile({ logFolder }: StartTemporalServerInput): string {
  return join(logFolder, 'temporal.log');
}

/** `--search-attribute` arguments for everything Meridian indexes. */
function searchAttributeArguments(): string[] {
  return SEARCH_ATTRIBUTES.flatMap(({ name, type }) => ['--search-attribute', `${name}=${serverType(type)}`]);
}

/** KEYWORD_LIST in the SDK is KeywordList on the server. */
function serverType(type: string): string {
  return type
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function serverArguments(
  port: number,
  uiPort: number | undefined,
  { dbFilename, extraArguments = [] }: StartTemporalServerInput,
): string[] {
  return [
    'server',
    'start-dev',
    ...['--ip', '127.0.0.1', '--port', String(port)],
    ...(uiPort ? ['--ui-port', String(uiPort)] : ['--headless']),
    ...['--log-level', 'warn'],
    ...SERVER_TUNING,
    ...searchAttributeArguments(),
    ...(dbFilename ? ['--db-filename', dbFilename, ...FILE_TUNING] : []),
    ...extraArguments,
  ];
}

/** True when the namespace and the last of our search attributes are there: the server registers them one after another. */
async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 500 });
    try {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
      return SEARCH_ATTRIBUTES.every(({ name }) => name in (customAttributes ?? {}));
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}
