import type { PeerPorts, StorePorts } from '../../failover/keeper/store-gates';
import type { Timing } from '../../failover/protocol/timing';

/** What the daemon tells the keeper of a region when it starts it. */
export interface KeeperSettings {
  region: string;
  marker: string;
  logFolder: string;
  /** loopback port where sentinels and other keepers speak to it */
  port: number;
  /** base URLs of the replicas of the lease store, through the links */
  replicas: string[];
  timing: Timing;
}

/** A database that this region is meant to have. */
export interface KeptDatabaseSettings {
  marker: string;
  command: string;
  arguments: string[];
  dataFolder: string;
  owner?: { uid: number; gid: number };
  administratorPassword: string;
  caCertificate: string;
  /** false: nothing may start it but a promotion or a rejoin; it was stopped for good */
  wanted: boolean;
  replication: {
    /** regions whose standbys commits may wait for, this one excepted */
    standbys: string[];
    /** so many of them; 0: asynchronous */
    quorum: number;
    whenDegraded: 'block' | 'continue';
  };
}

/** One store as the keeper of a region knows it. */
export interface KeptStore {
  store: string;
  /** of its lease */
  key: string;
  ports: StorePorts;
  peers: Record<string, PeerPorts & { keeperUrl: string }>;
  database?: KeptDatabaseSettings;
}

/** What the daemon asks of a keeper. Everything else it hears from sentinels and other keepers. */
export type KeeperCalls = {
  /** All stores as they should be known from now on, and in force once answered; one that is not named any more is let go of. */
  configure: { input: { stores: KeptStore[] }; result: Record<string, never> };
  /** Starts a standby on the data that is there. */
  startStandby: { input: { store: string }; result: Record<string, never> };
  /** Stops the database for good and gives up the lease if it is held. */
  giveUp: { input: { store: string }; result: { clean: boolean } };
  handOver: { input: { store: string; to: string; epoch: number }; result: { heldMs: number } };
  /** This region has the lease: returns when it serves. */
  appoint: { input: { store: string; epoch: number; withinMs: number }; result: Record<string, never> };
  processes: { input: Record<string, never>; result: Array<{ pid: number; what: string }> };
};
