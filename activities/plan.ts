import type { Finding } from '../contracts/finding';
import type { DeploymentPlan } from '../contracts/plan';
import type { ReplicationPlan } from '../contracts/replication';
import type { DeploymentRequest } from '../contracts/request';
import type { Rollout } from '../contracts/rollout';
import type { Topology } from '../contracts/topology';
import type { ReplicationQuestion, StoreQuestion } from '../policies/replication-options';
import {
  type PlanReplicationInput,
  planReplication,
  replicationQuestions,
} from '../skills/database-optimization-analyzer/skill';
import { designRollout } from '../skills/deployment-strategy-designer/skill';
import type { ActivityDependencies } from './dependencies';
import { type GeneratedTemplates, type GenerateInput, generateTemplates, judgeTemplates } from './generate-templates';
import { type PlanStacksInput, planStacks, type StackPlan } from './plan-stacks';
import { type SealPlanInput, sealPlan } from './seal-plan';
import { withHeartbeat } from './support/call-context';

/** The skills that turn a topology into a plan, one activity each, and the plan's own digest. */
export function createPlanActivities(deps: ActivityDependencies) {
  return {
    /** What may be decided about every store by judgement, and within what. */
    replicationQuestions: async (input: ReplicationQuestion): Promise<StoreQuestion[]> => replicationQuestions(input),

    planReplication: async (input: PlanReplicationInput): Promise<ReplicationPlan> => planReplication(input),

    designRollout: async (input: { request: DeploymentRequest; topology: Topology }): Promise<Rollout> =>
      designRollout(input),

    generateTemplates: (input: GenerateInput): Promise<GeneratedTemplates> => generateTemplates(deps, input),

    validateSecurity: (input: { request: DeploymentRequest; templates: GeneratedTemplates }): Promise<Finding[]> =>
      judgeTemplates(deps, input),

    /** Asks the platform what each stack would change; nothing is touched. */
    planStacks: (input: PlanStacksInput): Promise<StackPlan[]> =>
      withHeartbeat((context) => planStacks(deps, input, context)),

    /** Computes the way back and seals the whole plan with a digest: what a person approves. */
    sealPlan: async (input: SealPlanInput): Promise<DeploymentPlan> => sealPlan(input),
  };
}
