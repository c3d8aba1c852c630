import { join } from 'node:path';
import { backupRegion } from '../../policies/backup-region';
import { deploymentKey, type Lab, type Site } from '../daemon/lab-state';
import type { Archive } from '../postgres/archive';

/** Where the database of a store in this region archives to: decided by where the deployment is now. */
export function archiveOf(lab: Lab, site: Site, store: string): Archive {
  const deployment = lab.deployments.get(deploymentKey(site));
  const keptIn = backupRegion(site.region, [...(deployment?.sites.keys() ?? [])]);
  return { objects: objectsOf(lab), key: `${deploymentKey(site)}/${store}`, keptIn };
}

/**
 * Object storage of all regions. The lab's id is in the path, so that a script that is still archiving when the lab ends
 * is found like every other process of it.
 */
export function objectsOf({ home }: Lab): string {
  return join(home.path, 'objects', home.labId, 'regions');
}
