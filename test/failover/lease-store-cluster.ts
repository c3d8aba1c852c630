import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LeaseStore } from '../../failover/lease-store/lease-store';
import { LinkServer } from '../../lab/network/link-server';
import { freePorts } from '../support/free-port';

/** What a test may do to the way to one member of a store. */
export class TestLink {
  private isCut = false;
  private rttMs = 0;
  private readonly server: LinkServer;

  constructor(targetPort: number) {
    this.server = new LinkServer(
      {
        id: 'test',
        of: { application: 'test', environment: 'test' },
        from: 'client',
        to: 'member',
        targetPort,
        rttMs: 0,
      },
      { cut: () => this.isCut, delayMs: () => this.rttMs / 2 },
    );
  }

  listen(): Promise<void> {
    return this.server.listen();
  }

  get port(): number {
    return this.server.port;
  }

  /** Silent from now on, in both directions; what is sent waits. */
  cut(): void {
    this.isCut = true;
  }

  /** What was sent meanwhile arrives. */
  heal(): void {
    this.isCut = false;
    this.server.pump();
  }

  setRoundTrip(rttMs: number): void {
    this.rttMs = rttMs;
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

/** One process of a store, with data that outlives it. */
export interface Member {
  link: TestLink;
  /** SIGKILL; resolves when it is gone */
  kill(): Promise<void>;
  /** Starts it again with its data; resolves when it takes connections. */
  start(): Promise<void>;
}

/** Three processes that keep leases. */
export interface Cluster {
  members: readonly Member[];
  createStore(options: { name: string; timeoutMs: number }): LeaseStore;
  stop(): Promise<void>;
}

interface Command {
  executable: string;
  args: string[];
  env?: Record<string, string>;
}

/** Three processes on free ports, each with a folder, and a link before each. `ready` says when one of them can be used. */
export async function startProcesses(
  command: (nth: number, ports: readonly number[], folder: string) => Command,
  portsEach: number,
): Promise<{ members: Member[]; ports: number[]; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'meridian-lease-store-'));
  const ports = await freePorts(3 * portsEach);
  const processes: Array<ChildProcess | undefined> = [];
  const members = [0, 1, 2].map((nth): Member => {
    const { executable, args, env } = command(nth, ports, join(folder, String(nth)));
    return {
      link: new TestLink(ports[nth] as number),
      start: async () => {
        const child = spawn(executable, args, { stdio: 'ignore', env: { ...process.env, ...env } });
        processes[nth] = child;
        await untilListening(ports[nth] as number);
      },
      kill: async () => {
        const child = processes[nth];
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
  });
  await Promise.all(members.map(async (member) => Promise.all([member.link.listen(), member.start()])));
  return {
    members,
    ports,
    stop: async () => {
      await Promise.all(members.map(async (member) => Promise.all([member.kill(), member.link.close()])));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const START_TIMEOUT_MS = 20_000;

async function untilListening(port: number): Promise<void> {
  for (const begin = performance.now(); performance.now() - begin < START_TIMEOUT_MS; await sleep(20)) {
    const socket = connect(port, '127.0.0.1');
    const isListening = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isListening) return;
  }
  throw new Error(`nothing listens on port ${port}`);
}
