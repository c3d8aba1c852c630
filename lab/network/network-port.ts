/**
 * The lab's wide area network, one process: links between regions with real round-trip times, and the edge, which
 * plays global DNS and health checks. The lab daemon is its only caller.
 */
export interface NetworkPort {
  /** Creates a link or changes where it leads. Clients connect to the returned loopback port as if it were next door. */
  setLink(link: Link): Promise<{ port: number }>;
  removeLink(id: string): Promise<void>;
  /** Applies to every link of the deployment between the two regions, in both directions, until cleared. */
  setFault(fault: LinkFault): Promise<void>;
  clearFault(id: string): Promise<void>;
  /** Publishes a hostname at the edge or replaces its records. */
  setHostname(hostname: EdgeHostname): Promise<void>;
  removeHostname(hostname: string): Promise<void>;
  resolve(hostname: string): Promise<{ regions: string[] }>;
  health(hostname: string): Promise<EdgeHealth[]>;
  alarms(since: string): Promise<EdgeAlarm[]>;
  /**
   * A person or a plan has said where traffic goes: what sentinels had changed at the edge ends. `seen`: the epoch of each
   * store's lease when that was decided; what sentinels decided after that goes on.
   */
  endFailover(of: NetworkUser & { seen: Record<string, number> }): Promise<void>;
  /** Loopback port where sentinels tell the edge of a failover: `POST /fail-over` with an `EdgeFailover`. */
  controlPort(): Promise<number>;
  /** TLS port of the edge on loopback. */
  edgePort(): Promise<number>;
}

/** A deployment, as the network tells them apart. */
export interface NetworkUser {
  application: string;
  environment: string;
}

export interface Link {
  id: string;
  /** whose faults it suffers */
  of: NetworkUser;
  from: string;
  to: string;
  /** loopback port of the server at the far end; absent: connections are refused */
  targetPort?: number;
  /** full round trip, milliseconds; half is added in each direction, and one before the first byte */
  rttMs: number;
}

/** Strikes one deployment: others go through the same regions undisturbed. */
export type LinkFault = { id: string; of: NetworkUser } & (
  | { kind: 'cut'; from: string; to: string }
  | { kind: 'slow'; from: string; to: string; factor: number }
  /** nothing gets into the region or out of it, over links or from the edge */
  | { kind: 'isolate'; region: string }
);

/** What sentinels say when a region fell silent: it answers nobody any more, and the other one is the primary. */
export interface EdgeFailover extends NetworkUser {
  store: string;
  from: string;
  to: string;
  /** of that store's lease: those of other stores say nothing about it */
  epoch: number;
}

export interface EdgeHostname extends NetworkUser {
  hostname: string;
  records: EdgeRecord[];
}

export interface EdgeRecord {
  region: string;
  routing: 'latency' | 'failover' | 'weighted' | 'geo';
  failover?: 'PRIMARY' | 'SECONDARY';
  weight?: number;
  /** taken out of rotation by an operator: answers nobody, healthy or not, and is still checked */
  drained?: boolean;
  healthCheck: { path: string; intervalSeconds: number; failureThreshold: number };
  /** TLS port of the region's load balancer on loopback */
  targetPort: number;
}

export interface EdgeHealth {
  region: string;
  healthy: boolean;
  /** ISO time of the last change */
  since: string;
  consecutiveFailures: number;
}

export interface EdgeAlarm {
  name: string;
  application: string;
  environment: string;
  region: string;
  /** ISO time */
  at: string;
}
