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

/** What the daemon asks of a region process over its IPC channel. */
export type RegionCalls = {
  /** Makes the services run as wanted; a failure leaves the services that ran before. */
  configure: { input: { services: ServiceWanted[] }; result: Record<string, never> };
  /** Asks every task now: for `path`, or for its own health path. */
  status: { input: { path?: string }; result: { services: ServiceStatus[] } };
  processes: { input: Record<string, never>; result: Array<{ pid: number; what: string }> };
};
