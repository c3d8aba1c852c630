import type { Decision } from '../../contracts/decision';
import type { Candidate } from '../../contracts/topology';
import { runAgent } from '../loop/agent-loop';
import type { AgentOutcome, NoModelDecision, TurnRecord } from '../loop/agent-run';
import type { LoopDependencies } from '../loop/loop-dependencies';
import type { TokenLedger } from '../loop/token-ledger';
import { topologyArchitect } from './topology-architect';
import type { ArchitectInput, TopologyChoice } from './topology-choice';

/** What became of the topology question, with what it cost. */
export type ArchitectTopologyResult = {
  ledger: TokenLedger;
  turns: TurnRecord[];
  /** which facts the model saw */
  rung?: string;
} & ({ kind: 'decided'; candidate: Candidate; decision: Decision } | { kind: 'stopped'; because: NoModelDecision });

/** Step 1: lets the model, or rules in its place, choose among the advisor's candidates. */
export async function architectTopology(
  input: ArchitectInput,
  dependencies: LoopDependencies,
): Promise<ArchitectTopologyResult> {
  const { outcome, ledger, turns, rung } = await runAgent(topologyArchitect, input, dependencies);
  if (outcome.kind === 'stopped') return { kind: 'stopped', because: outcome.because, ledger, turns, rung };
  const { candidate } = outcome.choice;
  return { kind: 'decided', candidate, decision: topologyDecision(outcome), ledger, turns, rung };
}

function topologyDecision(outcome: Extract<AgentOutcome<TopologyChoice>, { kind: 'decided' }>): Decision {
  const { candidate, reason, alternatives } = outcome.choice;
  const decision = { step: 'topology', about: 'topology', choice: candidateWords(candidate), alternatives } as const;
  return outcome.by === 'model'
    ? { ...decision, decidedBy: 'model', model: outcome.model, reason }
    : { ...decision, decidedBy: 'rules', reason: `${reason} (${outcome.because.code}: ${outcome.because.message})` };
}

function candidateWords({ id, mode, regions }: Candidate): string {
  return `${id} ${mode}: ${regions.map(({ region, role }) => `${role} ${region}`).join(', ')}`;
}
