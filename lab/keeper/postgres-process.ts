import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { killMarked } from '../processes/kill-marked';
import { openLog } from '../processes/process-log';
import type { KeptDatabaseSettings } from './keeper-protocol';

/** The processes of one PostgreSQL. This process is their parent; all of them carry the database's marker. */
export class PostgresProcess {
  private child: ChildProcess | undefined;
  /** true while its end is what is wanted */
  private ending = false;
  private onDeath: () => void = () => undefined;
  private gone: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: string,
    private readonly logFolder: string,
  ) {}

  /** Called when the postmaster ends without having been told to. */
  set deathListener(listener: () => void) {
    this.onDeath = listener;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts `postgres` unless it runs. Whether it answers is asked over SQL. */
  start({ command, arguments: args, dataFolder, owner }: KeptDatabaseSettings): void {
    if (this.child) return;
    const log = openLog(join(this.logFolder, `${this.store}.log`));
    const child = spawn(command, args, {
      ...owner,
      cwd: dataFolder,
      detached: true,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', log.fd, log.fd],
    });
    log.close();
    this.ending = false;
    this.child = child;
    this.gone = new Promise((resolve) => {
      const ended = () => {
        if (this.child === child) this.child = undefined;
        resolve();
        if (!this.ending) this.onDeath();
      };
      child.once('exit', ended);
      child.once('error', ended);
    });
  }

  /** A fast shutdown (SIGINT): sessions end, standbys get the whole log, then it stops. True when it did so in time. */
  async stop(withinMs: number): Promise<boolean> {
    const { child } = this;
    if (!child) return true;
    this.ending = true;
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGINT');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, withinMs, 'late');
    });
    const ended = await Promise.race([exit, late]);
    clearTimeout(timer);
    return ended === 0;
  }

  /** Kills every process with the marker, also such as an earlier keeper has started. */
  async kill(marker: string): Promise<number[]> {
    this.ending = true;
    const { pids } = await killMarked(marker);
    // the system knows before Node says so; until then it could not be started again
    await this.gone;
    return pids;
  }
}
