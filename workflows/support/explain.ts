import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Agent } from '../../agents/loop/agent';
import type { Decided, NoModelDecision } from '../../agents/loop/agent-run';
import { askAgent } from './ask-agent';
import type { DeploymentRun } from './deployment-run';
import { messageOf } from './failures';

/** A model that hangs delays a verdict or a report by this much and no more, whatever it is asked again for. */
const EXPLAINED_WITHIN_MS = 90_000;

/**
 * Asks an agent that only explains. Whatever goes wrong, the deployment goes on with the words of the rules, or without
 * any; throws only when the deployment itself is being stopped. A turn that is cut short is charged in full.
 */
export async function explain<Input, Answer extends Record<string, unknown>, Choice>(
  run: DeploymentRun,
  agent: Agent<Input, Answer, Choice>,
  input: Input,
): Promise<Decided<Choice> | undefined> {
  try {
    if (!run.settings.model) return await askAgent(run, agent, input);
    return await CancellationScope.withTimeout(EXPLAINED_WITHIN_MS, () => askAgent(run, agent, input));
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    const message = isCancellation(error) ? `no answer within ${EXPLAINED_WITHIN_MS / 1_000} s` : messageOf(error);
    return rulesWords(run, agent, input, { code: 'unavailable', message });
  }
}

function rulesWords<Input, Answer extends Record<string, unknown>, Choice>(
  run: DeploymentRun,
  agent: Agent<Input, Answer, Choice>,
  input: Input,
  because: NoModelDecision,
): Decided<Choice> | undefined {
  try {
    const verdict = agent.rules(input);
    if (verdict.kind === 'chosen') return { kind: 'decided', by: 'rules', choice: verdict.choice, because };
  } catch (error) {
    run.progress.say(`the ${agent.name} has nothing to say: ${messageOf(error)}`);
  }
  return undefined;
}
