import { type ChildProcess, fork } from 'node:child_process';
import { compiledPath } from '../compiled-path';
import { LabError } from '../lab-error';
import { openLog } from './process-log';

type Calls<C> = { [N in keyof C]: { input: unknown; result: unknown } };

export type CallReply = { id: number; result: unknown } | { id: number; error: string };

export interface CallRequest {
  id: number;
  call: string;
  input: unknown;
}

const READY_WITHIN_MS = 60_000;

type Waiting = { resolve: (result: unknown) => void; reject: (error: Error) => void };

export interface CalledProcessOptions {
  /** compiled file, relative to the project: `lab/region/main.js` */
  script: string;
  /** in its command line, so that it is found and killed by it */
  marker: string;
  logFile: string;
  heapMb: number;
  /** its first message */
  settings: object;
  /** where it is, for errors */
  region: string;
  /** its job in one or two words, for errors */
  what: string;
  /** killed when it is not ready by then; default a minute: loading its code takes a second, on a busy machine several */
  readyWithinMs?: number;
  /** called when it ends, however that is: what it started may outlive it */
  onEnd: (how: string) => void;
}

/** The parent's end of a child process that answers typed calls over its IPC channel (answer-calls.ts is the other end). */
export class CalledProcess<C extends Calls<C>> {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  /** settled once the process has ended */
  readonly gone: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: CalledProcessOptions,
  ) {
    child.on('message', (reply: CallReply) => this.settle(reply));
    this.gone = new Promise((resolve) => {
      const end = (how: string) => {
        this.ended(how);
        resolve();
      };
      child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
      // a process that could not be made never exits
      child.on('error', ({ message }) => child.pid === undefined && end(message));
    });
  }

  /**
   * Starts the process and resolves once it is ready. Fails with `Platform.Unavailable` when it cannot be started, ends
   * or is not ready in time; nothing of it is left then.
   */
  static async start<C extends Calls<C>>(options: CalledProcessOptions): Promise<CalledProcess<C>> {
    const log = openLog(options.logFile);
    // a group of its own: whoever kills the parent's group leaves the child alive to clean up after it
    const child = fork(compiledPath(options.script), [options.marker], {
      execArgv: [`--max-old-space-size=${options.heapMb}`, '--max-semi-space-size=2'],
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    log.close();
    const called = new CalledProcess<C>(child, options);
    child.once('exit', (code, signal) => options.onEnd(signal ?? `code ${code}`));
    const ready = called.answer(0, 'its start', options.readyWithinMs ?? READY_WITHIN_MS);
    called.send(0, options.settings);
    await ready.catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    return called;
  }

  get pid(): number | undefined {
    return this.alive ? this.child.pid : undefined;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Fails with `Platform.Unavailable` when the process is gone or, with `withinMs`, does not answer in time, and with
   * its own words when it says no.
   */
  call<N extends keyof C & string>(call: N, input: C[N]['input'], withinMs?: number): Promise<C[N]['result']> {
    if (!this.alive || !this.child.connected) return Promise.reject(this.unavailable('it is down'));
    const id = ++this.lastId;
    const result = this.answer(id, call, withinMs);
    this.send(id, { id, call, input } satisfies CallRequest);
    return result;
  }

  private answer(id: number, call: string, withinMs: number | undefined): Promise<unknown> {
    const result = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    if (withinMs === undefined) return result;
    const timer = setTimeout(() => {
      this.waiting.get(id)?.reject(this.unavailable(`no answer to ${call} within ${withinMs} ms`));
      this.waiting.delete(id);
    }, withinMs);
    return result.finally(() => clearTimeout(timer));
  }

  private send(id: number, message: object): void {
    this.child.send(message, (error) => {
      if (error) this.settle({ id, error: error.message });
    });
  }

  private settle(reply: CallReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.result);
  }

  private ended(how: string): void {
    for (const { reject } of this.waiting.values()) reject(this.unavailable(`its process ended (${how})`));
    this.waiting.clear();
  }

  private unavailable(why: string): LabError {
    const { what, region } = this.options;
    return new LabError('Platform.Unavailable', `${what} ${region} does not answer: ${why}`, { region });
  }
}
