/**
 * The lab's wide area network, one process: links between regions with real round-trip times, and the edge, which
 * plays global DNS and health checks. The lab daemon is its only caller.
 */
export interface NetworkPort {
  /** Creates a link or changes where it leads. Clients connect to the returned loopback port as if it were next door. */
  setLink(link: Link): Promise<{ port: number }>;
  removeLink(id: string): Promise<void>;
  /** Applies to every link between the two regions, in both directions, until cleared. */
  setFault(fault: LinkFault): Promise<void>;
  clearFault(id: string): Promise<void>;
  /** Publishes a hostname at the edge or replaces its records. */
  setHostname(hostname: EdgeHostname): Promise<void>;
  removeHostname(hostname: string): Promise<void>;
  resolve(hostname: string): Promise<{ regions: string[] }>;
  health(hostname: string): Promise<EdgeHealth[]>;
  alarms(since: string): Promise<EdgeAlarm[]>;
  /** A person or a plan has said where traffic goes: what sentinels had changed at the edge ends. */
  endFailover(of: { application: string; environment: string }): Promise<void>;
  /** Loopback port where sentinels tell the edge of a failover: `POST /fail-over` with an `EdgeFailover`. */
  controlPort(): Promise<number>;
  /** TLS port of the edge on loopback. */
  edgePort(): Promise<number>;
}

export interface Link {
  id: string;
  from: string;
  to: string;
  /** loopback port of the server at the far end; absent: connections are refused */
  targetPort?: number;
  /** full round trip, milliseconds; half is added in each direction, and one before the first byte */
  rttMs: number;
}

export type LinkFault =
  | { id: string; kind: 'cut'; from: string; to: string }
  | { id: string; kind: 'slow'; from: string; to: string; factor: number }
  /** nothing gets into the region or out of it, over links or from the edge */
  | { id: string; kind: 'isolate'; region: string };

/** What sentinels say when a region fell silent: it answers nobody any more, and the other one is the primary. */
export interface EdgeFailover {
  application: string;
  environment: string;
  from: string;
  to: string;
  epoch: number;
}

export interface EdgeHostname {
  hostname: string;
  application: string;
  environment: string;
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
