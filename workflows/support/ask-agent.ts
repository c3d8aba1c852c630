import { isCancellation, sleep } from '@temporalio/workflow';
import type { Agent } from '../../agents/loop/agent';
import { runAgent } from '../../agents/loop/agent-loop';
import type { Decided, NoModelDecision } from '../../agents/loop/agent-run';
import { LONGEST_WORDS, said } from '../../agents/loop/said';
import { canonicalJson } from '../../contracts/canonical-json';
import { stepNameSchema } from '../../contracts/decision';
import { digestOf } from '../../contracts/digest';
import type { FailureType } from '../../contracts/failure-types';
import { model } from './activity-stubs';
import { approve } from './approve';
import type { DeploymentRun } from './deployment-run';
import { stepFailure } from './failures';

/** Of a provider that wants a pause: a deployment waits for an answer, a plan is waited for by somebody. */
const DEPLOYMENT_WAITS_MS = 60_000;
const PLAN_WAITS_MS = 5_000;

/**
 * Asks an agent in the name of a deployment: its tokens are the deployment's. Where a model that fails stops the line
 * (production), a person is asked whether rules may decide instead. Throws a `Model.*` or `Plan.NoCandidate` failure
 * when nothing was decided, an `Approval.*` one when the person says no; an agent that only explains always has an answer.
 */
export async function askAgent<Input, Answer extends Record<string, unknown>, Choice>(
  run: DeploymentRun,
  agent: Agent<Input, Answer, Choice>,
  input: Input,
): Promise<Decided<Choice>> {
  const outcome = await runAgent(agent, input, {
    book: run,
    model: run.settings.model,
    onModelFailure: onModelFailure(run),
    longestWaitMs: run.isPlanOnly ? PLAN_WAITS_MS : DEPLOYMENT_WAITS_MS,
    takeTurn: (turn) => model.takeModelTurn(`${agent.name}: ${turn.purpose}`, turn),
    sleep: (ms) => sleep(ms, { summary: 'the model provider asked to wait' }),
    isCancellation,
  });
  if (outcome.kind === 'decided') return outcome;
  const { because } = outcome;
  const rules = agent.rules(input);
  if (rules.kind === 'none' || because.code === 'no-model' || run.approvals.impossible())
    throw stepFailure(failureType(because), `the ${agent.name} decided nothing: ${because.message}`);
  if (!run.rulesMayDecide) await askForRules(run, agent, because, wordsOf(rules.choice));
  return { kind: 'decided', by: 'rules', choice: rules.choice, because };
}

function onModelFailure({ settings, request, isPlanOnly }: DeploymentRun): 'stop' | 'rules' {
  // Nothing is touched, and nobody waits for a question: the plan says who decided what, and why.
  if (isPlanOnly) return 'rules';
  return settings.onModelFailure ?? (request.environment === 'production' ? 'stop' : 'rules');
}

/** What rules would choose, as their own reason says it. */
function wordsOf(choice: unknown): string {
  const { reason } = choice as { reason?: unknown };
  return typeof reason === 'string' ? said(reason, LONGEST_WORDS) : 'what the facts say';
}

/**
 * The line stands until somebody says that rules may decide, once for all questions of a deployment; what they decide
 * is in the plan that is approved later.
 */
async function askForRules(
  run: DeploymentRun,
  { name, account }: Pick<Agent<never, never, never>, 'name' | 'account'>,
  { code, message }: NoModelDecision,
  choice: string,
): Promise<void> {
  const step = stepNameSchema.parse(account);
  const summary = `letting rules decide for the ${name}, and wherever else the model does not help: it did not (${code}: ${message}). They would take: ${choice}`;
  const digest = digestOf(canonicalJson({ workflow: run.workflow, name, code, message }));
  await approve(run, { id: `rules-${step}`, gate: 'decision', digest, summary, irreversible: [] }, step, true);
  run.rulesMayDecide = true;
  run.progress.enter(step === 'topology' ? 'topology' : 'plan', 'rules decide where the model does not help', step);
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
