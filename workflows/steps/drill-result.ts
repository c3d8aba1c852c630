import type { DrillPhase, DrillResult, FaultDrill, FenceReceipt } from '../../contracts/validation';
import { brokenPromises, type DrillTargets } from '../../policies/drills/broken-promises';
import type { WriteLoss } from '../../policies/write-loss';

export interface DrillFacts {
  class: FaultDrill;
  region: string;
  promoted: string;
  phases: DrillPhase[];
  fence: FenceReceipt;
  firstWriteMs: number;
  protectedAgainMs: number;
  reportedLagMs: number;
  loss: WriteLoss;
}

/** Judges a drill in which the primary was replaced, by rules; RTO is the sum of its phases. */
export function drillResult(facts: DrillFacts, targets: DrillTargets): DrillResult {
  const rtoMs = facts.phases.reduce((sum, { ms }) => sum + ms, 0);
  const broken = brokenPromises({ loss: facts.loss, rtoMs }, targets);
  const { loss } = facts;
  const kept = `${(rtoMs / 1_000).toFixed(1)} s to recover, ${loss.lost.length} of ${loss.acknowledged} acknowledged writes lost`;
  return {
    class: facts.class,
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
