import type { ReplicationMode } from '../../contracts/replication';
import type { WriteLoss } from '../write-loss';

export interface DrillTargets {
  rtoSeconds: number;
  rpoSeconds: number;
  mode: ReplicationMode['kind'];
}

/**
 * What a drill did not keep: RTO and RPO against the request (seed 004, step 4), no acknowledged write lost under
 * synchronous replication, and no loss that lag cannot explain under any. Empty: it passed.
 */
export function brokenPromises({ loss, rtoMs }: { loss: WriteLoss; rtoMs: number }, targets: DrillTargets): string[] {
  const broken: string[] = [];
  if (loss.kept === 0)
    broken.push(
      'the new primary holds no write that was acknowledged after the old one was fenced, so nothing was proven',
    );
  if (rtoMs > targets.rtoSeconds * 1_000) {
    broken.push(`recovery took ${rtoMs} ms, ${targets.rtoSeconds} s were asked for: automate failover or add regions`);
  }
  if (loss.rpoMs > targets.rpoSeconds * 1_000) {
    broken.push(`lost acknowledged writes up to ${loss.rpoMs} ms old, ${targets.rpoSeconds} s were allowed`);
  }
  if (targets.mode === 'synchronous' && loss.lost.length > 0) {
    broken.push(`synchronous replication lost ${loss.lost.length} acknowledged writes`);
  }
  if (loss.unexplained.length > 0) {
    const some = loss.unexplained.slice(0, 5).join(', ');
    broken.push(
      `${loss.unexplained.length} acknowledged writes are missing although later ones survived (numbers ${some}): they were never durable, replication lag cannot explain it`,
    );
  }
  return broken;
}
