import { type ChildProcess, spawn } from 'node:child_process';
import type { ServiceSpec } from '../../contracts/region-spec';
import { openLog, tailOf } from '../processes/process-log';
import { checkHealth, type HealthAnswer } from './health-check';

export interface TaskSettings {
  service: string;
  script: string;
  marker: string;
  port: number;
  environment: Record<string, string>;
  folder: string;
  logFile: string;
  health: ServiceSpec['health'];
}

const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 5_000;
const GRACE_MS = 1_000;
const HEAP_MB = 64;

/**
 * One application process: started, asked for its health, restarted when it ends, replaced when it stays sick.
 * Health follows a load balancer's rules: a new task is healthy after its first good answer, a sick one after
 * `healthyAfter` of them, and a healthy one is sick after `unhealthyAfter` bad ones.
 */
export class Task {
  healthy = false;
  crashes = 0;
  lastAnswer: HealthAnswer = { healthy: false, detail: 'not asked yet' };
  private child: ChildProcess | undefined;
  private fresh = true;
  private streak = 0;
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly settings: TaskSettings) {}

  get port(): number {
    return this.settings.port;
  }

  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  start(): void {
    const { script, marker, folder, logFile, environment, port } = this.settings;
    const log = openLog(logFile);
    this.fresh = true;
    this.child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, script, marker], {
      cwd: folder,
      detached: true,
      env: { PATH: process.env.PATH, ...environment, PORT: String(port) },
      stdio: ['ignore', log.fd, log.fd],
    });
    log.close();
    this.child.once('error', () => this.ended());
    this.child.once('exit', () => this.ended());
  }

  /** Asks once and counts the answer. */
  async check(): Promise<void> {
    const child = this.child;
    const answer = await checkHealth(this.port, this.settings.health.path);
    // an answer of the process before says nothing about this one
    if (child === this.child) this.count(answer);
  }

  /** Asks from now on, every `intervalSeconds`. */
  watch(): void {
    this.timer = setInterval(() => void this.check(), this.settings.health.intervalSeconds * 1000);
  }

  /** The last lines it wrote, for error messages. */
  lastWords(): string {
    return tailOf(this.settings.logFile);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.healthy = false;
    clearInterval(this.timer);
    const child = this.child;
    if (!child || this.pid === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(kill);
  }

  private count(answer: HealthAnswer): void {
    const { healthyAfter, unhealthyAfter } = this.settings.health;
    this.streak = answer.healthy === this.lastAnswer.healthy ? this.streak + 1 : 1;
    this.lastAnswer = answer;
    if (answer.healthy) {
      this.healthy ||= this.fresh || this.streak >= healthyAfter;
      this.fresh = false;
      return;
    }
    if (this.streak >= unhealthyAfter) this.healthy = false;
    // sick for twice as long as it takes to notice: replace the process, as a container service does
    if (!this.fresh && this.streak >= 2 * unhealthyAfter) this.child?.kill('SIGKILL');
  }

  private ended(): void {
    this.healthy = false;
    this.streak = 0;
    if (this.stopping) return;
    const wait = Math.min(FIRST_RESTART_MS * 2 ** this.crashes, LONGEST_RESTART_MS);
    this.crashes++;
    setTimeout(() => {
      if (!this.stopping) this.start();
    }, wait);
  }
}
