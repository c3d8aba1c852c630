import type { Agent } from './agent';
import type { AgentOutcome, NoModelDecision } from './agent-run';
import { answerText } from './exchange';
import { askFirst } from './first-call';
import type { LoopDependencies } from './loop-dependencies';
import { type AnswerReading, readAnswerText } from './read-answer';
import { repairAnswer } from './repair-call';

/**
 * One agent's work: pack the facts, ask once, check, let the model correct itself at most once in a small fresh call;
 * otherwise rules decide or a person is asked. Never more than two answered turns; whatever became of the calls, their
 * cost is in the book. Rejects only when the workflow is cancelled.
 */
export async function runAgent<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  input: Input,
  dependencies: LoopDependencies,
): Promise<AgentOutcome<Choice>> {
  const { model, onModelFailure } = dependencies;
  if (!model) return withoutModel(agent, input, { code: 'no-model', message: 'no model is configured' }, 'rules');
  const answer = answerText(await askFirst(agent, input, model, dependencies));
  if (answer.kind === 'failed') return withoutModel(agent, input, answer.because, onModelFailure);
  const first = readAnswerText(agent, answer.text, input);
  const last = await repairAnswer(agent, input, first, model, dependencies);
  if (last.reading.kind === 'accepted')
    return { kind: 'decided', by: 'model', model: model.id, choice: last.reading.choice };
  // What is salvaged is partly the rules' choice: not where nobody allowed them to choose.
  const kept = onModelFailure === 'rules' || agent.explains ? salvaged(agent, last.reading, input) : undefined;
  if (kept !== undefined) return { kind: 'decided', by: 'model', model: model.id, choice: kept };
  return withoutModel(agent, input, whyNotAccepted(last.reading, last.repairFailure), onModelFailure);
}

/** What an agent keeps of an answer that has the right form and stays refused by its guard. */
function salvaged<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  reading: AnswerReading<Choice>,
  input: Input,
): Choice | undefined {
  if (reading.kind !== 'refused' || reading.stage !== 'guard') return undefined;
  const answer = agent.schema.safeParse(reading.answer);
  return answer.success ? agent.salvage?.(answer.data, input) : undefined;
}

/** Rules decide where they may and can; otherwise the deployment stops and says why. */
function withoutModel<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  input: Input,
  because: NoModelDecision,
  onModelFailure: LoopDependencies['onModelFailure'],
): AgentOutcome<Choice> {
  if (onModelFailure === 'stop' && !agent.explains) return { kind: 'stopped', because };
  const verdict = agent.rules(input);
  if (verdict.kind === 'chosen') return { kind: 'decided', by: 'rules', choice: verdict.choice, because };
  const message = `${because.message}; rules cannot decide either: ${verdict.reason}`;
  return { kind: 'stopped', because: { ...because, message } };
}

function whyNotAccepted<Choice>(
  reading: Exclude<AnswerReading<Choice>, { kind: 'accepted' }>,
  repairFailure: NoModelDecision | undefined,
): NoModelDecision {
  if (reading.kind === 'unreadable') return { code: 'invalid-answer', message: reading.message };
  const broken = `the model's answer was refused: ${reading.refusal.violations.join('; ')}`;
  return {
    code: reading.stage === 'guard' ? 'policy' : 'invalid-answer',
    message: repairFailure ? `${broken} (no repair: ${repairFailure.message})` : broken,
  };
}
