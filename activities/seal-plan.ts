import type { Finding } from '../contracts/finding';
import type { DeploymentPlan } from '../contracts/plan';
import type { ReplicationPlan } from '../contracts/replication';
import type { Rollout } from '../contracts/rollout';
import type { Topology } from '../contracts/topology';
import { danglingStacks, type LiveStacks, leavingRegions } from '../policies/leaving-regions';
import { inversePlan, irreversibleItems } from '../skills/deployment-strategy-designer/skill';
import type { GeneratedTemplates } from './generate-templates';
import type { StackPlan } from './plan-stacks';
import { sha256 } from './support/token';

export interface SealPlanInput {
  topology: Topology;
  rollout: Rollout;
  replication: ReplicationPlan;
  templates: GeneratedTemplates;
  findings: Finding[];
  stackPlans: StackPlan[];
  /** what carries production traffic now */
  live?: LiveStacks;
}

/**
 * The whole plan with what leaves, what it costs against before, and the way back, under one digest: what a person
 * approves. Pure; the same input gives the same bytes.
 */
export function sealPlan(input: SealPlanInput): DeploymentPlan {
  const { stackPlans, templates, topology, rollout, replication, findings, live } = input;
  const removals = live ? leavingRegions(live, topology) : [];
  const befores = stackPlans.map(({ before }) => before);
  const sealed = {
    topology,
    rollout,
    replication,
    specs: templates.specs,
    stacks: templates.stacks,
    changes: stackPlans,
    removals,
    dangling: live ? danglingStacks(live, topology, templates.stacks) : [],
    ...(live && { costBefore: live.topology.cost.usdPerMonth }),
    findings,
    inverse: inversePlan(templates.stacks, befores, removals),
    irreversible: irreversibleItems({ changes: stackPlans, removals, leavingCopies: templates.leavingCopies }),
    documents: templates.documents,
  };
  return { digest: sha256(JSON.stringify(sealed, withoutUri)), ...sealed };
}

/** What is approved is the content: where a copy of it lies says nothing about it. */
function withoutUri(key: string, value: unknown): unknown {
  return key === 'uri' ? undefined : value;
}
