import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { LiveOperationRequest, OperationRequest } from '../contracts/messages';
import type { OperationReport } from '../contracts/operation-report';
import { type DeploymentKey, deploymentName } from '../contracts/workflow-ids';
import { deployMultiRegion } from './deploy-multi-region';
import { drainRegion, returnRegion } from './operations/drain-region';
import type { OperateInput } from './operations/operation-run';
import { promoteRegion } from './operations/promote-region';
import { recordFailOver } from './operations/record-fail-over';
import { recoverFromDisaster } from './operations/recover-from-disaster';
import { rejoinRegion } from './operations/rejoin-region';
import { switchOver } from './operations/switch-over';
import { retireDeployment } from './retire-deployment';
import { runDrill } from './run-drill';
import type { Operation } from './support/operation-slot';
import { sweepOrphans } from './sweep-orphans';

/** Starts the workflow of an operation; it outlives the entity's run. */
export async function startOperation(
  key: DeploymentKey,
  { request, generation, workflowId, approvals, approvedFor }: Operation,
) {
  const { requester } = request;
  const name = deploymentName(key);
  const common = { workflowId, parentClosePolicy: ParentClosePolicy.ABANDON };
  if (request.kind === 'sweep') {
    const staticSummary = `sweep ${name}, asked for by ${requester}`;
    return startChild(sweepOrphans, { ...common, staticSummary, args: [{ ...key, requester, generation }] });
  }
  if (request.kind === 'retire') {
    const staticSummary = `retire ${name}, asked for by ${requester}`;
    return startChild(retireDeployment, {
      ...common,
      staticSummary,
      args: [{ ...key, requester, generation }],
    });
  }
  const { typedSearchAttributes } = workflowInfo();
  if (request.kind !== 'deploy') {
    const about = 'region' in request ? ` ${request.region}` : request.kind === 'drill' ? ` (${request.drill})` : '';
    return startChild(LIVE_OPERATIONS[request.kind] as (input: OperateInput) => Promise<OperationReport>, {
      ...common,
      typedSearchAttributes,
      staticSummary: `${request.kind}${about} of ${name}, asked for by ${requester}`,
      args: [{ ...key, generation, request, ...(approvals && { approvals }), ...(approvedFor && { approvedFor }) }],
    });
  }
  return startChild(deployMultiRegion, {
    ...common,
    staticSummary: `deploy ${name}, generation ${generation}, asked for by ${requester}`,
    typedSearchAttributes,
    args: [
      {
        ...{ request: request.request, requester, generation },
        ...(request.intake && { intake: request.intake }),
        ...(request.revertDrift && { revertDrift: true }),
      },
    ],
  });
}

const LIVE_OPERATIONS = {
  switchover: switchOver,
  drain: drainRegion,
  undrain: returnRegion,
  'promote-region': promoteRegion,
  rejoin: rejoinRegion,
  'record-failover': recordFailOver,
  restore: recoverFromDisaster,
  drill: runDrill,
};

/** Operations on what is live: the table is asked before they begin, and each ends in an OperationReport. */
export function isLiveOperation(request: OperationRequest): request is LiveOperationRequest {
  return request.kind in LIVE_OPERATIONS;
}
