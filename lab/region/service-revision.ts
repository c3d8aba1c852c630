import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkHealth } from './health-check';
import { programOf } from './images';
import type { RegionSettings, ServiceStatus, ServiceWanted } from './region-protocol';
import { Task } from './task';

/** A task that ended this often while its service starts will not get better by waiting. */
const HOPELESS_CRASHES = 4;
const STARTING_POLL_MS = 100;

/** All tasks of one service in one version. A change of the service is a new revision beside the old one. */
export class ServiceRevision {
  /** equal identities mean equal processes */
  readonly identity: string;
  readonly tasks: Task[];
  private turn = 0;

  /** Throws when the image is unknown. `taken` are ports that the revision before still uses. */
  constructor(
    private readonly wanted: ServiceWanted,
    private readonly settings: RegionSettings,
    taken: ReadonlySet<number>,
  ) {
    this.identity = revisionIdentity(wanted);
    const program = programOf(wanted.spec.image);
    const ports = wanted.ports.filter((port) => !taken.has(port)).slice(0, wanted.spec.tasks);
    this.tasks = ports.map((port, index) => this.task(port, index, program.script, program.variant));
  }

  get spec() {
    return this.wanted.spec;
  }

  /** Starts all tasks and waits until each is healthy. Throws in a provider's words when they are not in time. */
  async start(): Promise<void> {
    for (const task of this.tasks) task.start();
    const deadline = Date.now() + this.settings.stabiliseMs;
    while (this.tasks.some((task) => !task.healthy)) {
      const hopeless = this.tasks.some((task) => task.crashes >= HOPELESS_CRASHES);
      if (hopeless || Date.now() > deadline) throw new Error(this.failure());
      await sleep(STARTING_POLL_MS);
      await Promise.all(this.tasks.filter((task) => !task.healthy).map((task) => task.check()));
    }
    for (const task of this.tasks) task.watch();
  }

  /** The next healthy task in turn. */
  pick(): Task | undefined {
    const healthy = this.tasks.filter((task) => task.healthy);
    return healthy[this.turn++ % Math.max(1, healthy.length)];
  }

  /** Asks every task now. A task counts when it answers well; with its own health path it must also be in service. */
  async status(path?: string): Promise<ServiceStatus> {
    const answers = await Promise.all(this.tasks.map((task) => checkHealth(task.port, path ?? this.spec.health.path)));
    const good = answers.filter(
      (answer, index) => answer.healthy && (path !== undefined || this.tasks[index]?.healthy),
    );
    const worst = answers.find((answer) => !answer.healthy) ?? answers[0];
    return {
      service: this.spec.name,
      tasksHealthy: good.length,
      tasksWanted: this.spec.tasks,
      detail: worst?.detail ?? 'no task',
    };
  }

  stop(): Promise<unknown> {
    return Promise.all(this.tasks.map((task) => task.stop()));
  }

  private failure(): string {
    const healthy = this.tasks.filter((task) => task.healthy).length;
    const sick = this.tasks.find((task) => !task.healthy);
    const crashed = sick && sick.crashes > 0 ? `; a task ended ${sick.crashes} times: ${sick.lastWords()}` : '';
    const counted = `${healthy} of ${this.spec.tasks} tasks healthy`;
    return `service ${this.spec.name} did not stabilise: ${counted}; last answer: ${sick?.lastAnswer.detail}${crashed}`;
  }

  private task(port: number, index: number, script: string, variant: string): Task {
    const { marker, folder, logFolder, region } = this.settings;
    const { name, environment, secrets, health } = this.spec;
    // the lab keeps no secrets: a reference stands for its value
    const references = Object.fromEntries(secrets.map((secret) => [secret.name, `lab:${secret.from}`]));
    return new Task({
      service: name,
      script,
      marker: `${marker}task/${name}/`,
      port,
      folder,
      logFile: join(logFolder, `${name}-${index + 1}.log`),
      health,
      environment: {
        ...environment,
        ...references,
        ...this.wanted.environment,
        MERIDIAN_REGION: region,
        SAMPLE_VARIANT: variant,
      },
    });
  }
}

export function revisionIdentity({ spec, environment }: ServiceWanted): string {
  return JSON.stringify({ spec, environment });
}
