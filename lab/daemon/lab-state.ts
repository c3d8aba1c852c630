import type { DatabaseSpec, TrafficSpec } from '../../contracts/region-spec';
import type { StackRef, StackStatus } from '../../contracts/stack';
import type { FenceReceipt } from '../../contracts/validation';
import { LabError } from '../lab-error';
import type { RunningNetwork } from '../network/start-network';
import type { DatabaseOwner, PostgresBinaries } from '../postgres/binaries';
import type { StoreCredentials } from '../postgres/settings';
import type { ServiceWanted } from '../region/region-protocol';
import type { TemplateReading } from '../template-reader/template-reading';
import type { LabCertificate } from './certificate';
import type { LabFault, PlantedFault } from './daemon-protocol';
import type { LabHome } from './lab-home';
import type { PortBlocks } from './port-blocks';
import type { RegionProcess } from './region-process';

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
  /** the last receipt for it: the same fence again is answered with this */
  fenced?: FenceReceipt;
  /** epoch of its last rejoin: no fence of that epoch comes after it */
  rejoinedInEpoch?: number;
}

/** What every region of a deployment agrees on about one store. */
export interface Store {
  name: string;
  /** the one region that may take writes; absent before there is a database */
  primary?: string;
  /** the region that writer endpoints lead to: follows the primary when traffic is shifted */
  writer?: string;
  epoch: number;
  lastPromotion?: { from: string; to: string; epoch: number };
  secrets: StoreCredentials;
}

/** Ports of a store as the tasks of one region see them. */
export interface StorePorts {
  database: number;
  /** link to the writer, follows it */
  writer: number;
  /** link of the region's standby to the primary */
  upstream: number;
}

/** One region of one deployment: a base stack, and what came to stand on it. */
export interface Site extends Scope {
  region: string;
  /** in the command line of each of its processes; ends with a slash */
  marker: string;
  folder: string;
  loadBalancerPort: number;
  process?: RegionProcess;
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
  postgres: { binaries: PostgresBinaries; owner: DatabaseOwner | undefined };
  stabiliseMs: number;
  deployments: Map<string, Deployment>;
  stacks: Map<string, Stack>;
  planted: PlantedFault[];
  /** by deployment and id; `at` (ISO): in force as a whole since then, absent while it is being injected or undone */
  faults: Map<string, { fault: LabFault; at?: string }>;
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
