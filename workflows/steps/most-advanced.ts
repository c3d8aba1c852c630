import type { DatabaseStatus } from '../../contracts/replication';

/** A PostgreSQL log position "16/B374D848" as a number that can be compared; `undefined` when it is not one. */
export function lsnPosition(lsn: string | undefined): bigint | undefined {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(lsn ?? '');
  return match?.[1] && match[2] ? (BigInt(`0x${match[1]}`) << 32n) + BigInt(`0x${match[2]}`) : undefined;
}

/**
 * The standby to promote: of those that can be seen and say how far they are, the one that received most. The first
 * of equals in the order given. `undefined` when none qualifies: then nothing may be promoted.
 */
export function mostAdvanced(standbys: DatabaseStatus[]): DatabaseStatus | undefined {
  let best: { status: DatabaseStatus; position: bigint } | undefined;
  for (const status of standbys) {
    const position = lsnPosition(status.receivedLsn);
    if (!status.reachable || status.role !== 'standby' || position === undefined) continue;
    if (!best || position > best.position) best = { status, position };
  }
  return best?.status;
}
