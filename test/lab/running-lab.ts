import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDaemonClient, type DaemonClient } from '../../lab/daemon/daemon-client';
import { type RunningLab, type StartLabOptions, startLab } from '../../lab/start-lab';
import { ask } from './ask';
import { scope } from './sample-deployment';

export interface TestLab extends RunningLab {
  daemon: DaemonClient;
  /** asks the load balancer of a region */
  askRegion(region: string, method: string, path: string): ReturnType<typeof ask>;
}

const running: RunningLab[] = [];

/** Starts a lab; `stopTestLabs` stops it when the test that started it could not. */
export async function startTestLab(options: StartLabOptions = {}): Promise<TestLab> {
  const lab = await startLab(options);
  running.push(lab);
  const daemon = createDaemonClient({ url: lab.url });
  const { caCertificate } = await daemon.call('edge', {});
  return {
    ...lab,
    daemon,
    askRegion: async (region, method, path) => {
      const { loadBalancerPort } = await daemon.call('regions.status', { ...scope, region });
      return ask({ port: loadBalancerPort, caCertificate }, method, path);
    },
  };
}

export async function stopTestLabs(): Promise<void> {
  await Promise.all(running.splice(0).map((lab) => lab.stop()));
}

/** What is left of a lab: its folder, and every process whose command line names it. */
export function leftovers(lab: { home: string; labId: string }): string[] {
  const processes = commandLines().filter((line) => line.includes(`${lab.labId}/`) || line.includes(lab.home));
  return [...(existsSync(lab.home) ? [lab.home] : []), ...processes];
}

export function labIdOf(lab: { home: string }): string {
  return (JSON.parse(readFileSync(join(lab.home, 'daemon.json'), 'utf8')) as { labId: string }).labId;
}

/** Command lines of all living processes, independent of the code under test where the system has /proc. */
function commandLines(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`;
      } catch {
        return '';
      }
    });
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Whether something accepts connections on a loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Waits until a condition holds; fails with what it was after `timeoutMs`. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(50);
  }
}
