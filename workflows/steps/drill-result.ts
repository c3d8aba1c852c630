import type { ReplicationMode } from '../../contracts/replication';
import type { DrillPhase, DrillResult, FenceReceipt } from '../../contracts/validation';
import type { WriteLoss } from '../../policies/write-loss';

export interface DrillFacts {
  region: string;
  promoted: string;
  phases: DrillPhase[];
  fence: FenceReceipt;
  firstWriteMs: number;
  protectedAgainMs: number;
  reportedLagMs: number;
  loss: WriteLoss;
}

export interface DrillTargets {
  rtoSeconds: number;
  rpoSeconds: number;
  mode: ReplicationMode['kind'];
}

/**
 * Judges a drill by rules: RTO and RPO against the request (seed 004, step 4), no acknowledged write lost under
 * synchronous replication, and no loss that lag cannot explain under any.
 */
export function drillResult(facts: DrillFacts, targets: DrillTargets): DrillResult {
  const rtoMs = facts.phases.reduce((sum, { ms }) => sum + ms, 0);
  const broken = brokenPromises(facts, targets, rtoMs);
  const { loss } = facts;
  const kept = `${(rtoMs / 1_000).toFixed(1)} s to recover, ${loss.lost.length} of ${loss.acknowledged} acknowledged writes lost`;
  return {
    class: 'region-loss',
    region: facts.region,
    promoted: facts.promoted,
    rtoMs,
    rtoTargetMs: targets.rtoSeconds * 1_000,
    phases: facts.phases,
    firstWriteMs: facts.firstWriteMs,
    protectedAgainMs: facts.protectedAgainMs,
    acknowledgedWrites: loss.acknowledged,
    acknowledgedWritesLost: loss.lost.length,
    rpoMs: loss.rpoMs,
    rpoTargetMs: targets.rpoSeconds * 1_000,
    reportedLagMs: facts.reportedLagMs,
    fence: facts.fence,
    passed: broken.length === 0,
    why: broken.length === 0 ? kept : broken.join('; '),
  };
}

function brokenPromises({ loss }: DrillFacts, targets: DrillTargets, rtoMs: number): string[] {
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
