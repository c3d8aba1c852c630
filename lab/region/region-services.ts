import type { RegionSettings, ServiceStatus, ServiceWanted } from './region-protocol';
import { revisionIdentity, ServiceRevision } from './service-revision';

/** The services of a region and the revision of each that takes traffic. */
export class RegionServices {
  private live: ServiceRevision[] = [];

  constructor(private readonly settings: RegionSettings) {}

  /**
   * Makes exactly these services run. New and changed ones start beside what runs; only when all are healthy do they
   * take the traffic and the old ones stop. When one fails, all new ones stop, and what ran before goes on.
   */
  async configure(wanted: ServiceWanted[]): Promise<void> {
    const before = this.live;
    const started: ServiceRevision[] = [];
    try {
      const after = wanted.map((service) => {
        const kept = before.find((revision) => revision.identity === revisionIdentity(service));
        if (kept) return kept;
        const revision = new ServiceRevision(service, this.settings, new Set(before.flatMap(portsOf)));
        started.push(revision);
        return revision;
      });
      await Promise.all(started.map((revision) => revision.start()));
      this.live = after;
    } catch (error) {
      await Promise.all(started.map((revision) => revision.stop()));
      throw error;
    }
    await Promise.all(before.filter((revision) => !this.live.includes(revision)).map((revision) => revision.stop()));
  }

  /** The first public service is the default target; every other one answers below `/<its name>/`. */
  route(path: string): ServiceRevision | undefined {
    const open = this.live.filter((revision) => revision.spec.public);
    return open.slice(1).find(({ spec }) => path === `/${spec.name}` || path.startsWith(`/${spec.name}/`)) ?? open[0];
  }

  status(path?: string): Promise<ServiceStatus[]> {
    return Promise.all(this.live.map((revision) => revision.status(path)));
  }

  processes(): Array<{ pid: number; what: string }> {
    return this.live.flatMap(({ spec, tasks }) =>
      tasks.flatMap(({ pid }, index) => (pid ? [{ pid, what: `task ${spec.name}-${index + 1}` }] : [])),
    );
  }
}

function portsOf(revision: ServiceRevision): number[] {
  return revision.tasks.map((task) => task.port);
}
