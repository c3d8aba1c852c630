import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledPath } from '../../../lab/compiled-path';
import { freePort } from '../../support/free-port';

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read JSON of many shapes
  body: any;
  headers: Headers;
}

/** The sample application as a process of its own, from dist/. */
export class TestApp {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
    private readonly output: string[],
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<TestApp> {
    const port = await freePort();
    const child = spawn(process.execPath, ['--max-old-space-size=64', compiledPath('examples/sample-app/main.js')], {
      env: { PATH: process.env.PATH, MERIDIAN_REGION: 'eu-west-1', ...environment, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => output.push(String(text)));
    const app = new TestApp(child, port, output);
    const deadline = Date.now() + 10_000;
    while (!(await app.send('GET', '/').catch(() => undefined))) {
      if (Date.now() > deadline) throw new Error(`the application did not start: ${app.said()}`);
      await sleep(20);
    }
    return app;
  }

  async send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Reply> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      ...(signal && { signal }),
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  said(): string {
    return this.output.join('');
  }

  isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    if (!this.isRunning()) return this.child.exitCode;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = await gone;
    return code as number | null;
  }
}

/** Asks until the reply has that status. */
export async function untilStatus(app: TestApp, path: string, status: number, method = 'GET'): Promise<Reply> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const reply = await app.send(method, path);
    if (reply.status === status) return reply;
    if (Date.now() > deadline) throw new Error(`${path} still answers ${reply.status}: ${JSON.stringify(reply.body)}`);
    await sleep(50);
  }
}
