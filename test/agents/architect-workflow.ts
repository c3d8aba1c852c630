import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import { runAgent } from '../../agents/loop/agent-loop';
import type { AgentOutcome } from '../../agents/loop/agent-run';
import type { LoopModel } from '../../agents/loop/loop-dependencies';
import type { TakeModelTurn } from '../../agents/loop/model-turn';
import { openLedger, type TokenLedger } from '../../agents/loop/token-ledger';
import { topologyArchitect } from '../../agents/topology-architect/topology-architect';
import type { ArchitectInput, TopologyChoice } from '../../agents/topology-architect/topology-choice';

const { takeModelTurn } = proxyActivities<{ takeModelTurn: TakeModelTurn }>({
  startToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
});

/** The agent loop as a workflow of its own, for tests: nothing but the loop and its activity. */
export async function architectWorkflow(
  input: ArchitectInput,
  model: LoopModel,
  onModelFailure: 'stop' | 'rules' = 'rules',
): Promise<{ outcome: AgentOutcome<TopologyChoice>; ledger: TokenLedger }> {
  const book = { ledger: openLedger() };
  const outcome = await runAgent(topologyArchitect, input, {
    book,
    model,
    onModelFailure,
    longestWaitMs: 60_000,
    takeTurn: takeModelTurn,
    sleep,
    isCancellation,
  });
  return { outcome, ledger: book.ledger };
}
