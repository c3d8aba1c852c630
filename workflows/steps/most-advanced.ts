import { isLogPosition, positionBytes } from '../../contracts/log-position';
import type { DatabaseStatus } from '../../contracts/replication';

/**
 * The standby to promote: of those that can be seen and say how far they are, the one that received most. The first
 * of equals in the order given. `undefined` when none qualifies: then nothing may be promoted.
 */
export function mostAdvanced(standbys: DatabaseStatus[]): DatabaseStatus | undefined {
  let best: { status: DatabaseStatus; position: bigint } | undefined;
  for (const status of standbys) {
    const { reachable, role, receivedLsn } = status;
    if (!reachable || role !== 'standby' || !isLogPosition(receivedLsn)) continue;
    const position = positionBytes(receivedLsn);
    if (!best || position > best.position) best = { status, position };
  }
  return best?.status;
}
