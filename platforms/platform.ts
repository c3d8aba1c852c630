import type { EvidenceSource } from '../contracts/evidence';
import type { Automation, HandOver, LeaseStatus, Takeover } from '../contracts/failover';
import type { PlatformKind } from '../contracts/region';
import type { DatabaseStatus, Rejoined } from '../contracts/replication';
import type { PlannedChange, StackDescription, StackDrift, StackRef } from '../contracts/stack';
import type {
  FenceReceipt,
  LatencyMeasurement,
  LoadMeasurement,
  ServiceHealth,
  WriteLogEntry,
} from '../contracts/validation';
import type { BackupPort } from './backup-port';

/**
 * The port to a cloud. Every act is idempotent by its token, checks before it acts, and carries the epoch that the
 * caller believes in: an adapter refuses an older one (`Platform.StaleEpoch`). Failures are `PlatformError`s.
 */
export interface Platform {
  readonly kind: PlatformKind;
  /** what evidence from this platform may be called */
  readonly source: EvidenceSource;
  readonly stacks: StackPort;
  readonly data: DataPort;
  readonly backups: BackupPort;
  readonly traffic: TrafficPort;
  readonly probes: ProbePort;
  readonly faults: FaultPort;
  /** Lets go of connections; absent where none are kept. */
  close?(): void;
}

/** Handed to calls that take long: cancellation, and a place to say that one is still alive and how far. */
export interface CallContext {
  signal: AbortSignal;
  heartbeat(detail: string): void;
}

/** Names one deployment on a platform. */
export interface DeploymentScope {
  account: string;
  application: string;
  environment: string;
}

export interface StackChange {
  ref: StackRef;
  /** the rendered template, JSON text */
  template: string;
  /** resolved parameters */
  parameters: Record<string, string>;
  tags: Record<string, string>;
  /** idempotency token, see contracts/stack-token.ts */
  token: string;
  /**
   * what was approved; when the platform is about to do anything else it throws `Platform.PlanChanged`, with all that it
   * would do, and does nothing
   */
  approved?: PlannedChange[];
  /** nobody but Meridian may delete the stack: production; a stack that was protected stays so */
  protect?: boolean;
  /** also return what was changed by hand to what the template says; never what Meridian itself changed, see the platform */
  revertDrift?: boolean;
}

export interface StackPort {
  describe(ref: StackRef): Promise<StackDescription>;
  /** the template that is applied now, JSON text; undefined when the stack is absent */
  template(ref: StackRef): Promise<string | undefined>;
  /** What applying would change, asked of the platform without touching anything. */
  plan(change: Omit<StackChange, 'token'>): Promise<PlannedChange[]>;
  /** Compares what exists with the applied template. Throws `Platform.Refused` where the platform cannot tell. */
  drift(ref: StackRef, context: CallContext): Promise<StackDrift>;
  /** Creates or changes the stack and waits until it is ready. Fails with `Platform.StackFailed` in the provider's words. */
  apply(change: StackChange, context: CallContext): Promise<StackDescription>;
  /**
   * Deletes the stack and waits until nothing of it is left, lifting its own protections first. With `onlyGeneration`,
   * refuses unless the stack carries that generation's tag. Absent already is success.
   * Fails with `Platform.StackFailed` that names the resources which are left.
   */
  destroy(input: { ref: StackRef; token: string; onlyGeneration?: number }, context: CallContext): Promise<void>;
  /** all stacks of a deployment, in any region, by tag */
  list(scope: DeploymentScope): Promise<StackDescription[]>;
}

export interface StoreRef extends DeploymentScope {
  store: string;
}

export interface DataPort {
  status(input: StoreRef & { region: string }): Promise<DatabaseStatus>;
  /**
   * Makes sure that the database of a region cannot write any more and says how that is known. Raises the epoch that
   * the platform accepts to `epoch`. Throws `Platform.Unavailable` when it cannot prove it: promote nothing then.
   */
  fence(input: StoreRef & { region: string; epoch: number }, context: CallContext): Promise<FenceReceipt>;
  /**
   * Promotes a standby. Compare-and-set on the primary: refuses unless `expectedPrimary` is the one known, and fenced;
   * `riskAccepted` is the receipt with which a named person takes the place of that proof.
   */
  promote(
    input: StoreRef & { region: string; expectedPrimary: string; epoch: number; riskAccepted?: FenceReceipt },
    context: CallContext,
  ): Promise<DatabaseStatus>;
  /**
   * Makes the database of a region a fresh standby of the present primary. Old data that differs is kept and told.
   * `asPrimary`: it is the primary by record, was fenced for something that did not happen, and takes writes again; an
   * adapter refuses where another may have taken its place.
   */
  rejoin(
    input: StoreRef & { region: string; epoch: number; asPrimary?: boolean },
    context: CallContext,
  ): Promise<Rejoined>;
  /**
   * Compares the content of all databases of a store: per region a row count and a digest of all rows up to the
   * same position. `consistent` only when all agree.
   */
  compare(input: StoreRef & { regions: string[] }): Promise<{
    consistent: boolean;
    regions: Array<{ region: string; rows: number; digest: string }>;
  }>;
  /**
   * Moves the primary to a standby as planned and loses nothing: writes are held, the standby receives all, the old
   * database stops in order, the new one is promoted. Done already is success.
   */
  handOver(input: StoreRef & { from: string; to: string; epoch: number }, context: CallContext): Promise<HandOver>;
  /** Who may take writes now; undefined where the platform keeps no lease: nothing fails over by itself there. */
  lease(input: StoreRef): Promise<LeaseStatus | undefined>;
  /** Failovers that the platform carried out by itself since a time (ISO), oldest first. */
  takeovers(input: StoreRef & { since: string }): Promise<Takeover[]>;
  /**
   * The approved plan of a failover: which regions may take over, in which order, and whether that may happen without a
   * person. Without a lease nothing but `off` and `propose` can be kept; the platform then refuses `automatic`.
   */
  setAutomation(input: StoreRef & { chain: string[]; automation: Automation }): Promise<void>;
}

export interface TrafficPort {
  /** Which regions answer for a hostname now; empty when the name does not resolve. */
  resolve(hostname: string): Promise<{ regions: string[] }>;
  /** Health of every region as the global health checks see it, with the time since when (ISO). */
  health(
    hostname: string,
  ): Promise<Array<{ region: string; healthy: boolean; since: string; consecutiveFailures: number }>>;
  /**
   * Moves writes (the writer endpoint of every region) and primary traffic to another region. Regions in `drain` answer
   * nobody until a later shift does not name them: a dead region must not have to wait for its health checks.
   */
  shift(input: DeploymentScope & { hostname: string; to: string; drain: string[]; epoch: number }): Promise<void>;
  /**
   * Takes regions out of answering a hostname, and returns those that are not named: the whole set, not a difference.
   * Refused when it would leave nobody to answer. Returns when new requests no longer reach the drained regions.
   */
  drain(input: DeploymentScope & { hostname: string; regions: string[]; epoch: number }): Promise<void>;
  /** Alarms raised by the platform's monitoring since a time (ISO), newest last. */
  alarms(scope: DeploymentScope, since: string): Promise<Array<{ name: string; region: string; at: string }>>;
}

/** A stream of numbered writes through the edge, by a process of its own with its own log. */
export interface WriterHandle {
  id: string;
}

export interface ProbePort {
  /** Asks every task of every service of a region for `path` (LIVE_PATH or READY_PATH of the probe contract). */
  region(input: DeploymentScope & { region: string; path: string }): Promise<ServiceHealth[]>;
  /** Timed requests from the world locations through the edge; one measurement per location. */
  latency(
    input: DeploymentScope & {
      hostname: string;
      locations: string[];
      samples: number;
      percentile: number;
      underMs: number;
      of: 'read' | 'write';
    },
    context: CallContext,
  ): Promise<LatencyMeasurement[]>;
  load(
    input: DeploymentScope & { hostname: string; seconds: number; requestsPerSecond: number },
    context: CallContext,
  ): Promise<LoadMeasurement>;
  /** Writes one row through the primary and reads it from every region; ms until it was seen there. */
  writeAndRead(
    input: StoreRef & { hostname: string; regions: string[]; timeoutMs: number },
  ): Promise<Array<{ region: string; seen: boolean; afterMs: number }>>;
  startWriter(
    input: DeploymentScope & { hostname: string; id: string; writesPerSecond: number },
  ): Promise<WriterHandle>;
  /** The log so far; the writer goes on. */
  writerLog(handle: WriterHandle): Promise<WriteLogEntry[]>;
  /** Stops the writer and returns its whole log and which of its numbers the present primary holds. */
  stopWriter(handle: WriterHandle): Promise<{ log: WriteLogEntry[]; present: number[] }>;
}

/** Faults for drills. Every fault has an id, and undoing one that is not there is success. */
export type Fault =
  | { kind: 'kill-region'; region: string }
  /** everything of the region stands still, and goes on as if nothing had been when the fault is undone */
  | { kind: 'freeze-region'; region: string }
  /** nothing gets in or out; what is inside goes on */
  | { kind: 'cut-region'; region: string }
  /** every process of the database dies; without `comesBack` it cannot be started where it was */
  | { kind: 'kill-database'; region: string; store: string; comesBack: boolean }
  | { kind: 'cut-link'; from: string; to: string }
  | { kind: 'slow-link'; from: string; to: string; factor: number };

export interface FaultPort {
  /** `undoAfterMs`: the platform undoes it by itself then, whoever has died meanwhile. */
  inject(input: DeploymentScope & { id: string; fault: Fault; undoAfterMs?: number }): Promise<{ at: string }>;
  /** Undoes the fault. After `kill-region` the region has power again: services start, databases stay fenced. */
  undo(input: DeploymentScope & { id: string }, context: CallContext): Promise<void>;
}
