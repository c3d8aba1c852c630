import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { LoopModel } from '../../agents/loop/loop-dependencies';
import type { TakeModelTurn } from '../../agents/loop/model-turn';
import { openLedger } from '../../agents/loop/token-ledger';
import { type ArchitectTopologyResult, architectTopology } from '../../agents/topology-architect/architect-topology';
import type { ArchitectInput } from '../../agents/topology-architect/topology-choice';

const { takeModelTurn } = proxyActivities<{ takeModelTurn: TakeModelTurn }>({
  startToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
});

/** The agent loop as a workflow of its own, for tests: nothing but the loop and its activity. */
export async function architectWorkflow(input: ArchitectInput, model: LoopModel): Promise<ArchitectTopologyResult> {
  return architectTopology(input, {
    ledger: openLedger(),
    model,
    onModelFailure: 'rules',
    takeTurn: takeModelTurn,
    sleep,
    isCancellation,
  });
}
