import { electionNeeds } from './quorum';

/** What was approved for one store before anything went wrong. */
export interface FailoverPlan {
  /** regions that may take over, the preferred first; empty: nobody may without a person */
  chain: readonly string[];
  /** every region with a copy that commits may wait for, the primary included */
  members: readonly string[];
  /** standbys that a commit waits for whatever happens; 0 where it may be acknowledged alone */
  acknowledgedBy: number;
}

/** How far a database is in the log. A later timeline is further, whatever the bytes say. */
export interface LogPosition {
  timeline: number;
  bytes: bigint;
}

/** A standby that lives, as it says itself. */
export interface Standby {
  region: string;
  received: LogPosition;
}

/**
 * The standbys of which one may be elected: the approved ones, if enough of all members are seen to know that no
 * acknowledged write is with an unseen one only. Who has just fallen silent is appointed again only when there is nobody
 * else: it may have missed that it was.
 */
export function electable(
  { chain, members, acknowledgedBy }: FailoverPlan,
  silent: string | undefined,
  seen: readonly Standby[],
): Standby[] {
  const counted = seen.filter(({ region }) => members.includes(region) && region !== silent);
  if (counted.length < electionNeeds({ standbys: members.length - 1, n: acknowledgedBy })) return [];
  const approved = seen.filter(({ region }) => chain.includes(region));
  const others = approved.filter(({ region }) => region !== silent);
  return others.length > 0 ? others : approved;
}

/** The one that received most; among equals the approved order decides. */
export function mostAdvanced(standbys: readonly Standby[], chain: readonly string[]): string | undefined {
  const [first] = [...standbys].sort(
    (a, b) => comparePositions(b.received, a.received) || chain.indexOf(a.region) - chain.indexOf(b.region),
  );
  return first?.region;
}

/** Negative when `a` is behind `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  if (a.timeline !== b.timeline) return a.timeline - b.timeline;
  return a.bytes === b.bytes ? 0 : a.bytes < b.bytes ? -1 : 1;
}
