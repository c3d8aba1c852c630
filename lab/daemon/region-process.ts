import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { compiledPath } from '../compiled-path';
import { LabError } from '../lab-error';
import { openLog } from '../region/process-log';
import type { RegionCallName, RegionCalls, RegionReply, RegionSettings } from '../region/region-protocol';

const HEAP_MB = 64;

type Waiting = { resolve: (result: unknown) => void; reject: (error: Error) => void };

/** The daemon's end of one region process: typed calls over its IPC channel. */
export class RegionProcess {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  /** settled once the process has ended */
  readonly gone: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly region: string,
  ) {
    child.on('message', (reply: RegionReply) => this.settle(reply));
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ended(signal ?? `code ${code}`);
        resolve();
      });
    });
  }

  /**
   * Starts the process and resolves once its load balancer listens. `onEnd` is called when it ends, however that is:
   * what it started may outlive it.
   */
  static async start(settings: RegionSettings, onEnd: (how: string) => void): Promise<RegionProcess> {
    const log = openLog(join(settings.logFolder, 'region.log'));
    // a group of its own: whoever kills the daemon's group leaves the region alive to clean up after it
    const child = fork(compiledPath('lab/region/main.js'), [settings.marker], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`, '--max-semi-space-size=2'],
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    log.close();
    const region = new RegionProcess(child, settings.region);
    child.once('exit', (code, signal) => onEnd(signal ?? `code ${code}`));
    const listening = region.expect(0);
    child.send(settings);
    await listening;
    return region;
  }

  get pid(): number | undefined {
    return this.alive ? this.child.pid : undefined;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Fails with `Platform.Unavailable` when the process is gone, and with the region's own words when it says no. */
  call<N extends RegionCallName>(call: N, input: RegionCalls[N]['input']): Promise<RegionCalls[N]['result']> {
    if (!this.alive || !this.child.connected) return Promise.reject(this.unavailable('it is down'));
    const id = ++this.lastId;
    const result = this.expect(id) as Promise<RegionCalls[N]['result']>;
    this.child.send({ id, call, input }, (error) => {
      if (error) this.settle({ id, error: error.message });
    });
    return result;
  }

  private expect(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  private settle(reply: RegionReply): void {
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
    return new LabError('Platform.Unavailable', `region ${this.region} does not answer: ${why}`, {
      region: this.region,
    });
  }
}
