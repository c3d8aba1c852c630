import type { Agent, Guarded, Refusal } from './agent';

export type AnswerReading<Choice> =
  | { kind: 'accepted'; choice: Choice }
  /** well-formed enough to say what is wrong with which field */
  | { kind: 'refused'; answer: Record<string, unknown>; refusal: Refusal; stage: 'schema' | 'guard' }
  | { kind: 'unreadable'; message: string };

/** Reads the text of a structured answer: JSON, then the schema, then the guard. */
export function readAnswerText<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  text: string,
  input: Input,
): AnswerReading<Choice> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', message: 'the answer is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'unreadable', message: 'the answer is not a JSON object' };
  }
  return checkAnswer(agent, value as Record<string, unknown>, input);
}

/** The same schema and guard for a first answer and for a repaired one. */
export function checkAnswer<Input, Answer extends Record<string, unknown>, Choice>(
  agent: Agent<Input, Answer, Choice>,
  answer: Record<string, unknown>,
  input: Input,
): AnswerReading<Choice> {
  const parsed = agent.schema.safeParse(answer);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? '')))];
    const violations = parsed.error.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message.replace('received undefined', 'it is missing')}`,
    );
    return {
      kind: 'refused',
      answer,
      refusal: { fields: fields.filter((field) => field in agent.schema.shape), violations },
      stage: 'schema',
    };
  }
  const guarded: Guarded<Choice> = agent.guard(parsed.data, input);
  if (guarded.kind === 'accepted') return guarded;
  const { fields, violations } = guarded;
  return { kind: 'refused', answer, refusal: { fields, violations }, stage: 'guard' };
}
