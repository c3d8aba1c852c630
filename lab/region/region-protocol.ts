import type { ServiceSpec } from '../../contracts/region-spec';

/** One service of a region as its load balancer sees it. */
export interface ServiceStatus {
  service: string;
  tasksHealthy: number;
  tasksWanted: number;
  /** the answer of the least healthy task, in words */
  detail: string;
}

/** A service as the daemon wants it in a region: what it is, and what the lab adds. */
export interface ServiceWanted {
  spec: ServiceSpec;
  /** loopback ports that its tasks may take; twice as many as tasks, so that a new revision starts beside the old one */
  ports: number[];
  /** what the lab adds to the environment of a task: links to data stores, certificate */
  environment: Record<string, string>;
}

export interface RegionSettings {
  region: string;
  marker: string;
  /** working folder of the tasks */
  folder: string;
  /** one log file per process goes in here */
  logFolder: string;
  certificate: { key: string; cert: string };
  loadBalancerPort: number;
  stabiliseMs: number;
}

export interface DatabaseStart {
  store: string;
  marker: string;
  command: string;
  arguments: string[];
  dataFolder: string;
  owner?: { uid: number; gid: number };
}

/** What the daemon asks of a region process over its IPC channel. */
export interface RegionCalls {
  /** Makes the services run as wanted; a failure leaves the services that ran before. */
  configure: { input: { services: ServiceWanted[] }; result: Record<string, never> };
  /** Asks every task now: for `path`, or for its own health path. */
  status: { input: { path?: string }; result: { services: ServiceStatus[] } };
  startDatabase: { input: DatabaseStart; result: { pid: number } };
  /** A fast shutdown in order; `false` when it did not end in time. Nothing running is a clean stop. */
  stopDatabase: { input: { store: string; timeoutMs: number }; result: { clean: boolean } };
  processes: { input: Record<string, never>; result: Array<{ pid: number; what: string }> };
}

export type RegionCallName = keyof RegionCalls;

export interface RegionRequest<N extends RegionCallName = RegionCallName> {
  id: number;
  call: N;
  input: RegionCalls[N]['input'];
}

export type RegionReply = { id: number; result: unknown } | { id: number; error: string };
