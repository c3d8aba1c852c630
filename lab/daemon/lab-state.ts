import type { Automation } from '../../contracts/failover';
import type { DatabaseSpec, TrafficSpec } from '../../contracts/region-spec';
import type { Divergence } from '../../contracts/replication';
import type { StackRef, StackStatus } from '../../contracts/stack';
import type { FenceReceipt } from '../../contracts/validation';
import type { StorePorts } from '../../failover/keeper/store-gates';
import type { LeaseStore } from '../../failover/lease-store/lease-store';
import type { Backing } from '../../failover/protocol/plan-change';
import type { KeeperCalls } from '../keeper/keeper-protocol';
import { LabError } from '../lab-error';
import type { RunningNetwork } from '../network/start-network';
import type { DatabaseOwner, PostgresBinaries } from '../postgres/binaries';
import type { StoreCredentials } from '../postgres/settings';
import type { CalledProcess } from '../processes/called-process';
import type { RegionCalls, ServiceWanted } from '../region/region-protocol';
import type { TemplateReading } from '../template-reader/template-reading';
import type { WitnessCalls } from '../witness/witness-protocol';
import type { LabCertificate } from './certificate';
import type { LabFault, PlantedFault } from './daemon-protocol';
import type { LabHome } from './lab-home';
import type { PortBlocks } from './port-blocks';

export interface Scope {
  account: string;
  application: string;
  environment: string;
}

/** The database of one store in one region. */
export interface Database {
  store: string;
  region: string;
  spec: DatabaseSpec;
  dataFolder: string;
  port: number;
  /** in the command line of each of its processes */
  marker: string;
  /** ISO time at which its data was made or copied */
  since: string;
  /** false: it was stopped for good, nothing starts it but a rejoin */
  wanted: boolean;
  /** its data is a whole copy: it may be elected, and commits may wait for it */
  complete: boolean;
  /** a restore has replaced its data, and it does not take writes yet */
  isRestoring?: boolean;
  /** the receipt for it while it is stopped: the same fence again is answered with this */
  fenced?: FenceReceipt;
  /** epoch of its last rejoin: no fence of that epoch comes after it */
  rejoinedInEpoch?: number;
  /** folders of old data that nobody has been told of yet: rejoins that did not end put them aside */
  untold?: string[];
  /** what the last rejoin told, and its epoch: answered again in that one */
  returned?: { epoch: number; divergence: Divergence };
}

/** What every region of a deployment agrees on about one store. */
export interface Store {
  name: string;
  /** the region that holds the lease, or held it last, as it was last looked at (leases.ts) */
  primary?: string;
  /** acts with an older one are refused: of the newest act, or of a takeover that nobody asked for */
  epoch: number;
  lastPromotion?: { from: string; to: string; epoch: number };
  /** the approved plan of a failover: who may take over, and whether without a person */
  chain: string[];
  automation: Automation;
  /** somebody has fenced the primary to promote another region: the sentinels leave that to him, until this resumes it */
  suspended?: NodeJS.Timeout;
  /** what acknowledged writes rest on for certain; until a change of it is confirmed, what they rested on before */
  backing?: Backing;
  secrets: StoreCredentials;
}

/** A place outside the regions of a deployment with a sentinel and a replica of the lease store. */
export interface Witness {
  name: string;
  /** 0 for the first: its sentinel acts, the others wait whether it does */
  rank: number;
  /** the catalog's region whose distances it has */
  location: string;
  marker: string;
  folder: string;
  replicaPort: number;
  sentinelPort: number;
  process?: CalledProcess<WitnessCalls>;
}

/** One region of one deployment: a base stack, and what came to stand on it. */
export interface Site extends Scope {
  region: string;
  /** in the command line of each of its processes; ends with a slash */
  marker: string;
  folder: string;
  loadBalancerPort: number;
  process?: CalledProcess<RegionCalls>;
  /** owns the databases of the region; there from the first store that is used in it */
  keeper?: { port: number; process?: CalledProcess<KeeperCalls> };
  /** settled when nothing is left of what the region process before had started */
  clearing?: Promise<unknown>;
  services: ServiceWanted[];
  storePorts: Map<string, StorePorts>;
  databases: Map<string, Database>;
  /** regions that the connectivity stack of this one opens a way to */
  peers: Set<string>;
}

export interface Hostname {
  spec: TrafficSpec;
  /** where traffic was shifted to since the template was applied */
  shiftedTo?: string;
  /** regions that the last shift took out of rotation */
  drained?: string[];
}

export interface Deployment extends Scope {
  sites: Map<string, Site>;
  /** three from the first store on */
  witnesses: Witness[];
  leases?: LeaseStore;
  stores: Map<string, Store>;
  /** by the name of the stack that published it */
  hostnames: Map<string, Hostname>;
}

export interface Stack {
  ref: StackRef;
  status: StackStatus;
  reason?: string;
  outputs: Record<string, string>;
  parameters: Record<string, string>;
  tags: Record<string, string>;
  template: string;
  templateSha256: string;
  reading?: TemplateReading;
}

export interface Lab {
  home: LabHome;
  certificate: LabCertificate;
  ports: PortBlocks;
  network: RunningNetwork;
  /** the links that were set, by id: as text, and the port they got */
  links: Map<string, { text: string; port: number }>;
  /** everything is being ended: nothing is started again */
  ending?: boolean;
  postgres: { binaries: PostgresBinaries; owner: DatabaseOwner | undefined };
  stabiliseMs: number;
  deployments: Map<string, Deployment>;
  stacks: Map<string, Stack>;
  planted: PlantedFault[];
  /** by deployment and id; `at` (ISO): in force as a whole since then, absent while it is being injected or undone */
  faults: Map<string, { fault: LabFault; scope: Scope; at?: string }>;
  /** counts sites, for markers */
  siteCount: number;
  log(message: string): void;
}

export function deploymentKey({ account, application, environment }: Scope): string {
  return `${account}/${application}/${environment}`;
}

/** The deployment of a scope, made on first use. */
export function deploymentOf(lab: Lab, { account, application, environment }: Scope): Deployment {
  const key = deploymentKey({ account, application, environment });
  const known = lab.deployments.get(key);
  if (known) return known;
  const made: Deployment = {
    account,
    application,
    environment,
    sites: new Map(),
    witnesses: [],
    stores: new Map(),
    hostnames: new Map(),
  };
  lab.deployments.set(key, made);
  return made;
}

/** Throws `Platform.Refused` when the deployment has no base stack there. */
export function siteOf(deployment: Deployment, region: string): Site {
  const site = deployment.sites.get(region);
  if (site) return site;
  const known = [...deployment.sites.keys()].join(', ') || 'none';
  throw new LabError(
    'Platform.Refused',
    `region: ${region} has no base stack of ${deployment.application}; regions that have one: ${known}`,
    { region },
  );
}

/** Throws `Platform.Refused` when no stack has made or announced the store. */
export function storeOf(deployment: Deployment, name: string): Store {
  const store = deployment.stores.get(name);
  if (store) return store;
  const known = [...deployment.stores.keys()].join(', ') || 'none';
  throw new LabError(
    'Platform.Refused',
    `store: "${name}" is not known; stores of ${deployment.application}: ${known}`,
  );
}

/** Throws `Platform.Refused` when the region has no database of the store. */
export function databaseOf(deployment: Deployment, region: string, store: string): Database {
  const database = siteOf(deployment, region).databases.get(store);
  if (database) return database;
  throw new LabError('Platform.Refused', `region: ${region} has no database of store ${store}`, {
    region,
    resource: store,
  });
}

/** All databases of a store, in any region. */
export function databasesOf(deployment: Deployment, store: string): Database[] {
  return [...deployment.sites.values()].flatMap(({ databases }) => databases.get(store) ?? []);
}
