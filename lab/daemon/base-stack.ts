import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { storeVariables } from '../../contracts/probe-contract';
import type { ServiceSpec } from '../../contracts/region-spec';
import { LabError } from '../lab-error';
import { APPLICATION } from '../postgres/settings';
import { CalledProcess } from '../processes/called-process';
import { killMarked } from '../processes/kill-marked';
import type { RegionCalls, RegionSettings, ServiceWanted } from '../region/region-protocol';
import type { Deployment, Lab, Site } from './lab-state';
import { logFolderOf } from './log-folder';

const HEAP_MB = 64;

import { removeLinks, syncDataPlane } from './data-plane';
import { openStorePorts } from './store-ports';
import { announceStore } from './stores';
import { stopWitnesses } from './witnesses';

/** Brings the services of a region up, or to their new form. A region that was new is gone again when that fails. */
export async function applyBase(
  lab: Lab,
  deployment: Deployment,
  region: string,
  services: ServiceSpec[],
): Promise<void> {
  const before = deployment.sites.get(region);
  const site = before ?? (await makeSite(lab, deployment, region));
  try {
    const wanted: ServiceWanted[] = [];
    // one after the other: the first that uses a store opens its ports, the others get the same ones
    for (const spec of services) wanted.push(await wantedService(lab, deployment, site, spec));
    await syncDataPlane(lab, deployment);
    await startRegionProcess(lab, site);
    await site.process?.call('configure', { services: wanted });
    site.services = wanted;
  } catch (error) {
    if (!before) await removeSite(lab, deployment, site);
    throw error;
  }
}

/** Stops everything of a region and returns when nothing of it is left. Refuses while databases stand on it. */
export async function destroyBase(lab: Lab, deployment: Deployment, region: string): Promise<void> {
  const site = deployment.sites.get(region);
  if (!site) return;
  if (site.databases.size > 0) {
    const stores = [...site.databases.keys()].join(', ');
    throw new LabError(
      'Platform.Refused',
      `the base stack of ${region} is in use by the data stack (${stores}); destroy that first`,
      {
        region,
      },
    );
  }
  await removeSite(lab, deployment, site);
}

/** Starts the process of a region unless it runs. */
export async function startRegionProcess(lab: Lab, site: Site): Promise<void> {
  if (site.process?.alive) return;
  await site.clearing;
  mkdirSync(site.folder, { recursive: true, mode: 0o711 });
  const { key, cert } = lab.certificate;
  const settings: RegionSettings = {
    region: site.region,
    marker: site.marker,
    folder: site.folder,
    logFolder: logFolderOf(lab, site),
    certificate: { key, cert },
    loadBalancerPort: site.loadBalancerPort,
    stabiliseMs: lab.stabiliseMs,
  };
  site.process = await CalledProcess.start<RegionCalls>({
    script: 'lab/region/main.js',
    marker: site.marker,
    logFile: join(settings.logFolder, 'region.log'),
    ...{ heapMb: HEAP_MB, settings, region: site.region, what: 'region' },
    onEnd: (how) => {
      lab.log(`region process of ${site.region} ended (${how})`);
      // its tasks are its children; the databases have a keeper of their own, which goes on
      site.clearing = killMarked(`${site.marker}task/`);
      site.clearing.catch((error: unknown) => lab.log(String(error)));
    },
  });
}

async function makeSite(lab: Lab, deployment: Deployment, region: string): Promise<Site> {
  const { account, application, environment } = deployment;
  const number = ++lab.siteCount;
  const site: Site = {
    account,
    application,
    environment,
    region,
    marker: `${lab.home.labId}/${number}/`,
    folder: join(lab.home.path, 'regions', region, `${application}-${environment}-${number}`),
    loadBalancerPort: await lab.ports.take(),
    services: [],
    storePorts: new Map(),
    databases: new Map(),
    peers: new Set(),
  };
  mkdirSync(site.folder, { recursive: true, mode: 0o711 });
  deployment.sites.set(region, site);
  return site;
}

async function removeSite(lab: Lab, deployment: Deployment, site: Site): Promise<void> {
  // first, so that nothing of it is started again
  deployment.sites.delete(site.region);
  await killMarked(site.marker);
  await removeLinks(lab, deployment, site.region);
  rmSync(site.folder, { recursive: true, force: true, maxRetries: 3 });
  const isLast = ![...deployment.sites.values()].some(({ keeper }) => keeper);
  if (isLast) await stopWitnesses(deployment);
}

async function wantedService(lab: Lab, deployment: Deployment, site: Site, spec: ServiceSpec): Promise<ServiceWanted> {
  const known = site.services.find((service) => service.spec.name === spec.name)?.ports ?? [];
  // the tasks of the new revision start beside those of the old one
  const ports = [...known, ...(await lab.ports.takeMany(Math.max(0, 2 * spec.tasks - known.length)))];
  const environment: Record<string, string> = {
    NODE_EXTRA_CA_CERTS: lab.certificate.caFile,
    PGSSLMODE: 'verify-full',
  };
  for (const name of spec.uses) {
    Object.assign(environment, await storeEnvironment(lab, deployment, site, name));
  }
  return { spec, ports, environment };
}

async function storeEnvironment(
  lab: Lab,
  deployment: Deployment,
  site: Site,
  name: string,
): Promise<Record<string, string>> {
  const { secrets } = announceStore(deployment, name);
  const ports = await openStorePorts(lab, site, name);
  const variables = storeVariables(name);
  return {
    [variables.host]: '127.0.0.1',
    [variables.port]: String(ports.endpoint),
    [variables.readHost]: '127.0.0.1',
    [variables.readPort]: String(ports.read),
    [variables.database]: name,
    [variables.user]: APPLICATION,
    [variables.password]: secrets.applicationPassword,
  };
}
