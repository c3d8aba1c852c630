import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const VERSION = '1.5.33';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

export interface MiniStack {
  endpoint: string;
  /** What it logged so far: the reason when something went wrong inside. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts the AWS test cloud MiniStack on a free loopback port, empty, in a folder that goes with it. */
export async function startMiniStack(): Promise<MiniStack> {
  const { pythonTool } = await import('../../scripts/python-tool.mjs');
  const bin = await pythonTool('ministack', VERSION);
  const folder = mkdtempSync(join(tmpdir(), 'meridian-ministack-'));
  const logFile = join(folder, 'ministack.log');
  const port = await freePort();
  const child = launch(join(bin, 'ministack'), folder, logFile, port);
  const cloud: MiniStack = {
    endpoint: `http://127.0.0.1:${port}`,
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await stopGroup(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await untilHealthy(cloud, child);
    return cloud;
  } catch (error) {
    const log = cloud.log().slice(-2_000);
    await cloud.stop();
    throw new Error(`${String(error)}\n${log}`);
  }
}

/** The credentials that every test cloud takes, where the SDK of this process looks for them. */
export function useTestCredentials(): void {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
}

/** Calls a query API of a test cloud directly; what a stack left behind is no question for CloudFormation. */
export async function query(
  endpoint: string,
  where: { service: string; region: string },
  action: string,
  version: string,
  parameters: Record<string, string> = {},
): Promise<string> {
  const signed = `test/20260101/${where.region}/${where.service}/aws4_request`;
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=${signed}, SignedHeaders=host, Signature=none`,
    },
    body: new URLSearchParams({ Action: action, Version: version, ...parameters }).toString(),
  });
  return answer.text();
}

function launch(executable: string, folder: string, logFile: string, port: number): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(executable, [], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      TMPDIR: folder,
      S3_DATA_DIR: join(folder, 's3'),
      // It would run databases and tasks as containers where it finds Docker; here templates are tried, not run.
      DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
    },
  });
  closeSync(log);
  return child;
}

async function untilHealthy(cloud: MiniStack, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`MiniStack ended with code ${child.exitCode} while it started`);
    const answer = await fetch(`${cloud.endpoint}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`MiniStack did not answer at ${cloud.endpoint} within ${START_TIMEOUT_MS / 1_000} s`);
}

/** It starts helpers of its own: the whole process group goes. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  process.kill(-child.pid, 'SIGTERM');
  const kill = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(kill);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
