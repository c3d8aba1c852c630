import { regionRttMs } from '../../catalog/latency';
import type { FailoverPlan } from '../../failover/protocol/plan';
import { type Backing, sameBacking, whileChanging } from '../../failover/protocol/plan-change';
import type { KeptDatabaseSettings, KeptStore } from '../keeper/keeper-protocol';
import { killMarked } from '../processes/kill-marked';
import type { WatchedStore } from '../witness/witness-protocol';
import { desiredLinks, type LinkPurpose, linkId } from './desired-links';
import { startKeeper } from './keepers';
import {
  type Database,
  type Deployment,
  databasesOf,
  deploymentKey,
  type Lab,
  type Site,
  type Store,
  type Witness,
} from './lab-state';
import { leaseKey } from './leases';
import { Locks } from './locks';
import { startAgain } from './start-again';
import { placeWitnesses, startWitness } from './witnesses';

const locks = new Locks();
/** One that stands still does not hold up the others. */
const CONFIGURE_WITHIN_MS = 3_000;

/**
 * Brings links, keepers and witnesses in line with the state of a deployment: what they were told is what they go by
 * when nobody can tell them anything any more. Who does not answer is left behind; returns how many witnesses have heard.
 */
export function syncDataPlane(lab: Lab, deployment: Deployment): Promise<number> {
  return locks.run(deploymentKey(deployment), () => sync(lab, deployment));
}

async function sync(lab: Lab, deployment: Deployment): Promise<number> {
  const sites = [...deployment.sites.values()].filter(({ storePorts }) => storePorts.size > 0);
  // before the first database nobody knows where the witnesses should be: outside all regions, which are not all there
  const isNeeded = deployment.witnesses.length > 0 || sites.some(({ databases }) => databases.size > 0);
  if (!isNeeded) return 0;
  await placeWitnesses(lab, deployment);
  for (const site of sites) site.keeper ??= { port: await lab.ports.take() };
  const links = await setLinks(lab, deployment);
  const way: Way = (from, to, purpose) => links.get(linkId(deployment, from, to, purpose)) ?? 0;
  const tellKeepers = () => Promise.all(sites.map((site) => syncKeeper(lab, deployment, site, way)));
  const stores = [...deployment.stores.values()];
  const changing = stores.filter((store) => isChanging(deployment, store));
  const tellWitnesses = async () => {
    const heard = await Promise.all(deployment.witnesses.map((witness) => syncWitness(lab, deployment, witness, way)));
    const silent = deployment.witnesses.filter((_, index) => !heard[index]);
    // it may stand still, and must not elect by an old plan; were it more than one, the leases would be lost with them
    if (silent.length === 1 && (changing.length > 0 || stores.some(({ suspended }) => suspended)))
      for (const { marker } of silent) await killMarked(marker).catch((stuck: unknown) => lab.log(String(stuck)));
    return deployment.witnesses.length - silent.length;
  };
  if (changing.length === 0) return (await Promise.all([tellWitnesses(), tellKeepers()]))[0];
  // an election must never need less than what is acknowledged rests on: first both, then the primary, then the new alone
  const isHeard = (await tellWitnesses()) >= deployment.witnesses.length - 1;
  const heard = isHeard ? await tellKeepers() : [false];
  if (heard.every(Boolean)) for (const store of changing) store.backing = backingOf(deployment, store);
  else void finishChange(lab, deployment);
  return tellWitnesses();
}

/** Until it is confirmed elections need as much as before and after it together: with a region away that may be too much. */
function finishChange(lab: Lab, deployment: Deployment): Promise<void> {
  return startAgain(lab, {
    marker: `${deploymentKey(deployment)}: what commits wait for`,
    isMissing: () => [...deployment.stores.values()].some((store) => isChanging(deployment, store)),
    start: () => syncDataPlane(lab, deployment),
  });
}

function isChanging(deployment: Deployment, store: Store): boolean {
  const wanted = backingOf(deployment, store);
  // where nothing is promised on either side there is nothing to keep while it changes
  if (!store.backing || (wanted.acknowledgedBy === 0 && store.backing.acknowledgedBy === 0)) store.backing = wanted;
  return !sameBacking(store.backing, wanted);
}

/** The loopback port of a link. */
type Way = (from: string, to: string, purpose: LinkPurpose) => number;

const urlOf = (port: number) => `http://127.0.0.1:${port}`;

/** True when it will not go on with what it heard before: it has confirmed the new, or is gone. */
async function syncKeeper(lab: Lab, deployment: Deployment, site: Site, way: Way): Promise<boolean> {
  const replicas = deployment.witnesses.map(({ name }) => urlOf(way(site.region, name, { kind: 'replica' })));
  const stores = [...site.storePorts.keys()].flatMap((name) => keptStore(lab, deployment, site, name, way));
  try {
    const process = await startKeeper(lab, site, replicas, () => syncDataPlane(lab, deployment));
    if (process?.alive) await process.call('configure', { stores }, CONFIGURE_WITHIN_MS);
    return true;
  } catch (error) {
    lab.log(String(error));
    return false;
  }
}

/** True when it has heard. */
async function syncWitness(lab: Lab, deployment: Deployment, witness: Witness, way: Way): Promise<boolean> {
  const others = deployment.witnesses.filter((other) => other !== witness);
  const ways = {
    replicas: [
      urlOf(witness.replicaPort),
      ...others.map(({ name }) => urlOf(way(witness.name, name, { kind: 'replica' }))),
    ],
    sentinels: others.map(({ name }) => urlOf(way(witness.name, name, { kind: 'sentinel' }))),
  };
  const stores = [...deployment.stores.values()]
    .filter(({ name }) => databasesOf(deployment, name).length > 0)
    .map((store) => watchedStore(deployment, store, witness.name, way));
  try {
    const process = await startWitness(lab, deployment, witness, ways, () => syncDataPlane(lab, deployment));
    await process.call('configure', { stores }, CONFIGURE_WITHIN_MS);
    return true;
  } catch (error) {
    lab.log(String(error));
    return false;
  }
}

/** Ports by the id of the link. A link that is as it was is not touched. */
async function setLinks(lab: Lab, deployment: Deployment): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  await Promise.all(
    desiredLinks(deployment, regionRttMs).map(async (link) => {
      const text = JSON.stringify(link);
      const known = lab.links.get(link.id);
      const { port } = known?.text === text ? known : await lab.network.setLink(link);
      lab.links.set(link.id, { text, port });
      ports.set(link.id, port);
    }),
  );
  return ports;
}

function keptStore(lab: Lab, deployment: Deployment, site: Site, name: string, way: Way): KeptStore[] {
  const store = deployment.stores.get(name);
  const ports = site.storePorts.get(name);
  if (!store || !ports) return [];
  const others = [...deployment.sites.values()].filter((other) => other !== site && other.storePorts.has(name));
  const peers = Object.fromEntries(
    others.map(({ region }) => [
      region,
      {
        writer: way(site.region, region, { kind: 'writer', store: name }),
        replication: way(site.region, region, { kind: 'replication', store: name }),
        keeperUrl: urlOf(way(site.region, region, { kind: 'keeper' })),
      },
    ]),
  );
  const database = site.databases.get(name);
  return [
    {
      ...{ store: name, key: leaseKey(deployment, name), ports, peers },
      ...(database && { database: keptDatabase(lab, deployment, store, database) }),
    },
  ];
}

function keptDatabase(lab: Lab, deployment: Deployment, store: Store, database: Database): KeptDatabaseSettings {
  const { marker, dataFolder, port, region, wanted } = database;
  return {
    marker,
    command: lab.postgres.binaries.postgres,
    arguments: ['-D', dataFolder, '-p', String(port), '-c', `cluster_name=${marker}`],
    dataFolder,
    ...(lab.postgres.owner && { owner: lab.postgres.owner }),
    administratorPassword: store.secrets.administratorPassword,
    caCertificate: lab.certificate.caCertificate,
    wanted,
    replication: {
      standbys: membersOf(deployment, store.name).filter((member) => member !== region),
      ...modeOf(deployment, store.name),
    },
  };
}

function backingOf(deployment: Deployment, store: Store): Backing {
  const { quorum, whenDegraded } = modeOf(deployment, store.name);
  return { members: membersOf(deployment, store.name), acknowledgedBy: whenDegraded === 'block' ? quorum : 0 };
}

/** Regions whose databases may be elected and are waited for: complete copies that are not only read. */
function membersOf(deployment: Deployment, store: string): string[] {
  return databasesOf(deployment, store)
    .filter(({ complete, spec }) => complete && spec.promotable !== false)
    .map(({ region }) => region);
}

function modeOf(deployment: Deployment, store: string): { quorum: number; whenDegraded: 'block' | 'continue' } {
  const spec = databasesOf(deployment, store)
    .map(({ spec }) => spec)
    .find(({ replication }) => replication === 'synchronous');
  return { quorum: spec ? (spec.quorum ?? 1) : 0, whenDegraded: spec?.whenDegraded ?? 'continue' };
}

function watchedStore(deployment: Deployment, store: Store, witness: string, way: Way): WatchedStore {
  const wanted = backingOf(deployment, store);
  const plan: FailoverPlan = {
    chain:
      store.automation === 'automatic' && !store.suspended
        ? store.chain.filter((region) => wanted.members.includes(region))
        : [],
    ...whileChanging(store.backing ?? wanted, wanted),
  };
  const { application, environment } = deployment;
  const keepers = Object.fromEntries(
    databasesOf(deployment, store.name).map(({ region }) => [region, urlOf(way(witness, region, { kind: 'keeper' }))]),
  );
  return { store: store.name, key: leaseKey(deployment, store.name), plan, keepers, application, environment };
}

/** A region is gone: its links are, too. Ports of links that a later region of that name asks for are new ones. */
export async function removeLinks(lab: Lab, deployment: Deployment, region: string): Promise<void> {
  const prefix = `${deploymentKey(deployment)}/`;
  const ids = [...lab.links.keys()].filter(
    (id) => id.startsWith(prefix) && id.slice(prefix.length).split('/').slice(0, 2).includes(region),
  );
  await Promise.all(
    ids.map(async (id) => {
      lab.links.delete(id);
      await lab.network.removeLink(id);
    }),
  );
}
