import type { RegionStatus } from './daemon-protocol';
import type { Site } from './lab-state';

/** Asks every task of a region now, for `path` or for its own health path. A dead region has no healthy task. */
export async function regionStatus(site: Site, path?: string): Promise<RegionStatus> {
  const { region, loadBalancerPort } = site;
  const answer = await site.process?.call('status', { path }).catch(() => undefined);
  if (answer) return { region, up: true, loadBalancerPort, services: answer.services };
  const services = site.services.map(({ spec }) => ({
    service: spec.name,
    tasksHealthy: 0,
    tasksWanted: spec.tasks,
    detail: `region ${region} does not answer`,
  }));
  return { region, up: false, loadBalancerPort, services };
}
