import { join } from 'node:path';
import type { Lab, Site } from './lab-state';

/** Where the processes of a region keep their logs, one file each. */
export function logFolderOf(lab: Lab, site: Site): string {
  const folder = join(lab.home.path, 'logs', site.region);
  // one deployment is the usual case; a second one in the same region gets a folder of its own
  const shared = [...lab.deployments.values()].filter(({ sites }) => sites.has(site.region)).length > 1;
  return shared ? join(folder, `${site.application}-${site.environment}`) : folder;
}
