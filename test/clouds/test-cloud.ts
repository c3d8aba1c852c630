import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../support/free-port';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/** A stand-in for AWS on this machine. */
export interface TestCloud {
  endpoint: string;
  /** What it logged so far: the reason when something went wrong inside. */
  log(): string;
  stop(): Promise<void>;
}

/** A stand-in that is a Python program: how it comes, how it is started, and what answers when it is up. */
export interface TestCloudProgram {
  tool: { name: string; version: string; extras?: string };
  /** the path that answers once it is up */
  health: string;
  command(bin: string, port: number, folder: string): Command;
}

interface Command {
  executable: string;
  args: string[];
  env: Record<string, string>;
}

/** Starts a test cloud on a free loopback port, empty, in a folder that goes with it. */
export async function startTestCloud({ tool, health, command }: TestCloudProgram): Promise<TestCloud> {
  const { pythonTool } = await import('../../scripts/python-tool.mjs');
  const bin = await pythonTool(tool.name, tool.version, tool.extras);
  const folder = mkdtempSync(join(tmpdir(), `meridian-${tool.name}-`));
  const logFile = join(folder, `${tool.name}.log`);
  const port = await freePort();
  const child = launch(command(bin, port, folder), folder, logFile);
  const cloud: TestCloud = {
    endpoint: `http://127.0.0.1:${port}`,
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await stopGroup(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await untilHealthy(`${cloud.endpoint}${health}`, child);
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

function launch({ executable, args, env }: Command, folder: string, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(executable, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, TMPDIR: folder, ...env },
  });
  closeSync(log);
  return child;
}

async function untilHealthy(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${url} ended with code ${child.exitCode} while it started`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`${url} did not answer within ${START_TIMEOUT_MS / 1_000} s`);
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
