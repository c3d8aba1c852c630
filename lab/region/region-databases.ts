import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { openLog } from './process-log';
import type { DatabaseStart } from './region-protocol';

/** The database processes of a region: this process is their parent and their keeper. */
export class RegionDatabases {
  private readonly running = new Map<string, ChildProcess>();

  constructor(private readonly logFolder: string) {}

  /** Starts `postgres` itself; whether it answers is asked over SQL. Starting a running one is success. */
  start({ store, command, arguments: args, dataFolder, owner }: DatabaseStart): { pid: number } {
    const before = this.running.get(store);
    if (before?.pid) return { pid: before.pid };
    const log = openLog(join(this.logFolder, `${store}.log`));
    const child = spawn(command, args, {
      ...owner,
      cwd: dataFolder,
      detached: true,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', log.fd, log.fd],
    });
    log.close();
    if (!child.pid) throw new Error(`${command} could not be started`);
    this.running.set(store, child);
    child.once('exit', () => {
      if (this.running.get(store) === child) this.running.delete(store);
    });
    return { pid: child.pid };
  }

  /** A fast shutdown (SIGINT): sessions end, standbys get the whole log, then it stops. */
  async stop(store: string, timeoutMs: number): Promise<{ clean: boolean }> {
    const child = this.running.get(store);
    if (!child) return { clean: true };
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGINT');
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, timeoutMs, 'late').unref());
    return { clean: (await Promise.race([exit, late])) === 0 };
  }

  processes(): Array<{ pid: number; what: string }> {
    return [...this.running].flatMap(([store, { pid }]) => (pid ? [{ pid, what: `database ${store}` }] : []));
  }
}
