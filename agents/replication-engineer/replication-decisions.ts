import type { Decision } from '../../contracts/decision';
import type { ReplicationPlan } from '../../contracts/replication';
import { replicationInBrief } from '../../policies/replication-words';
import { whoDecided } from '../decision';
import type { Decided } from '../loop/agent-run';
import type { ReplicationChoice } from './replication-choice';

/** The choice as the report shows it: one decision about all stores, then each store with the fact that it rests on. */
export function replicationDecisions(decided: Decided<ReplicationChoice>, plan: ReplicationPlan): Decision[] {
  const { reason, whys, conflicts, proofs } = decided.choice;
  const step = 'replication';
  return [
    {
      step,
      about: 'replication',
      choice: plan.stores
        .map(
          ({ store, mode, lagThresholdMs }) =>
            `${store} ${replicationInBrief(mode)}, alarm at ${lagThresholdMs} ms of lag`,
        )
        .join('; '),
      ...whoDecided(decided, reason),
      alternatives: [
        ...(conflicts === '' ? [] : [`conflicts: ${conflicts}`]),
        ...proofs.map((check) => `also check: ${check}`),
      ],
    },
    ...plan.stores.map(({ store, mode, capability }): Decision => {
      const { why, refused } = whys.find((one) => one.store === store) ?? {};
      const byModel = decided.by === 'model' && !refused;
      return {
        step,
        about: `replication of ${store}`,
        decidedBy: byModel ? 'model' : 'rules',
        ...(byModel && { model: decided.model }),
        choice: replicationInBrief(mode),
        reason: why ? `${why}; ${capability}` : capability,
        alternatives: [],
      };
    }),
  ];
}
