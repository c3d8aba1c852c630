import { isCancellation, sleep } from '@temporalio/workflow';
import type { Agent } from '../../agents/loop/agent';
import { runAgent } from '../../agents/loop/agent-loop';
import type { Decided, NoModelDecision } from '../../agents/loop/agent-run';
import type { FailureType } from '../../contracts/failure-types';
import { model } from './activity-stubs';
import type { DeploymentRun } from './deployment-run';
import { stepFailure } from './failures';

/**
 * Asks an agent in the name of a deployment: its tokens are the deployment's, its failure is treated as the environment
 * wants it. Throws a `Model.*` or `Plan.NoCandidate` failure when nothing was decided; an agent that only explains
 * always has an answer.
 */
export async function askAgent<Input, Answer extends Record<string, unknown>, Choice>(
  run: DeploymentRun,
  agent: Agent<Input, Answer, Choice>,
  input: Input,
): Promise<Decided<Choice>> {
  const { settings, request } = run;
  const outcome = await runAgent(agent, input, {
    book: run,
    model: settings.model,
    onModelFailure: settings.onModelFailure ?? (request.environment === 'production' ? 'stop' : 'rules'),
    takeTurn: (turn) => model.takeModelTurn(`${agent.name}: ${turn.purpose}`, turn),
    sleep: (ms) => sleep(ms, { summary: 'the model provider asked to wait' }),
    isCancellation,
  });
  if (outcome.kind === 'decided') return outcome;
  throw stepFailure(failureType(outcome.because), `the ${agent.name} decided nothing: ${outcome.because.message}`);
}

function failureType({ code }: NoModelDecision): FailureType {
  switch (code) {
    case 'no-model':
      return 'Plan.NoCandidate';
    case 'misconfigured':
      return 'Model.Misconfigured';
    case 'refused':
      return 'Model.Refused';
    default:
      return 'Model.Unavailable';
  }
}
