import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stringify } from 'yaml';
import {
  type Intake,
  type IntakeKey,
  intakeKeySchema,
  type ReadRequestResult,
  type RequestFacts,
  readRequestResultSchema,
  SENTENCE_MAX_CHARACTERS,
} from '../contracts/intake';
import type { PlatformKind } from '../contracts/region';
import type { DeploymentRequest, RequestProblem } from '../contracts/request';
import { plainLine } from '../contracts/visible-text';
import { completeRequest } from '../policies/intake/complete-request';
import { readFact } from '../policies/intake/fact-lines';
import type { Question } from '../policies/intake/missing-facts';
import { readCheckedValue } from './cli/read-checked-request';
import { ClientProblem } from './client-problem';
import { call, type MeridianClient, requireWorker } from './connection';

/** One model turn of 90 s at most, repeated where it is known not to be billed. */
const READ_TIMEOUT_MS = 5 * 60_000;

/** What became of a sentence and its answers: a request, or what stands in the way of one. */
export interface RequestInWords {
  read: ReadRequestResult;
  answered: Answers['given'];
  /** the request as a file would hold it; with gaps while something is asked */
  draft: Record<string, unknown>;
  assumed: string[];
  questions: Question[];
  /** wrong with a request in which nothing is missing */
  problems: RequestProblem[];
  /** when nothing is asked and nothing is wrong */
  request?: DeploymentRequest;
}

/** White space makes a sentence, unless a file is called so, or was meant to be. Throws a ClientProblem for no text. */
export function isSentence(text: string): boolean {
  const plain = text.trim();
  if (plain === '')
    throw new ClientProblem(
      'bad-input',
      'the request is empty; valid: the path of a request file, or a sentence in quotes',
      'npm run meridian -- deploy "orders API for EU and US users, p95 under 80 ms, GDPR, 1500 dollars a month"',
    );
  return /\s/.test(plain) && !/\.(ya?ml|json)$/i.test(plain) && !existsSync(text);
}

/** Lets the worker read a sentence: a model does, or rules. Starts nothing. Throws a ClientProblem. */
export async function readSentence(meridian: MeridianClient, sentence: string): Promise<ReadRequestResult> {
  const doing = 'read the request';
  if (sentence.length > SENTENCE_MAX_CHARACTERS)
    throw new ClientProblem(
      'bad-input',
      `the request in words has ${sentence.length} characters; valid are at most ${SENTENCE_MAX_CHARACTERS}`,
      'write a request file instead: examples/three-regions.yaml is one',
    );
  await requireWorker(meridian, doing);
  const result = await call(meridian, doing, READ_TIMEOUT_MS, () =>
    meridian.client.workflow.execute('readRequest', {
      workflowId: `intake/${randomUUID()}`,
      taskQueue: meridian.taskQueue,
      args: [{ sentence }],
      workflowExecutionTimeout: READ_TIMEOUT_MS,
      staticSummary: 'reads a request in words; touches nothing',
    }),
  );
  return readRequestResultSchema.parse(result);
}

/** Puts together what was said and what was answered, and checks the request like a file once nothing is missing. */
export function completeInWords(
  read: ReadRequestResult,
  { facts, given }: Answers,
  platform: PlatformKind,
): RequestInWords {
  const { sentence, unclear } = read;
  const completed = completeRequest({ facts: { ...read.facts, ...facts }, unclear, sentence, platform });
  if (completed.questions.length > 0) return { read, answered: given, ...completed, problems: [] };
  return { read, answered: given, ...completed, problems: [], ...readCheckedValue(completed.draft) };
}

const ANSWER = /^\s*([a-z-]+)\s*([=:\s])\s*([\s\S]*)$/i;

/** Answers to what a sentence leaves open: what they mean, and how they were given. */
export interface Answers {
  facts: RequestFacts;
  given: Array<{ key: IntakeKey; value: string }>;
}

/** `residency=eu`, or `residency eu`, `residency: eu`. Throws a ClientProblem that names every answer that is none. */
export function readAnswers(texts: readonly string[]): Answers {
  const answers: Answers = { facts: {}, given: [] };
  const problems: string[] = [];
  for (const text of texts) {
    const [key, value] = answerParts(text);
    const read = readFact(key, value);
    if ('problem' in read)
      problems.push(`${read.problem.field}: ${read.problem.received} is not valid; valid: ${read.problem.valid}`);
    else if (answers.given.some((one) => one.key === key)) problems.push(`${key}: answered twice; valid: one answer`);
    else addAnswer(answers, intakeKeySchema.parse(key), value, read.facts);
  }
  if (problems.length > 0) throw new ClientProblem('bad-input', problems.join('\n  '), 'nothing was started');
  return answers;
}

/** Adds one answer that was read. */
export function addAnswer({ facts, given }: Answers, key: IntakeKey, value: string, read: RequestFacts): void {
  Object.assign(facts, read);
  given.push({ key, value: plainLine(value) });
}

function answerParts(text: string): [key: string, value: string] {
  const [, key = text, , value = ''] = ANSWER.exec(text) ?? [];
  return [key.toLowerCase(), value];
}

function readAnswer(text: string): ReturnType<typeof readFact> {
  return readFact(...answerParts(text));
}

/** The answers after a sentence: "…; residency eu; criticality standard". What is no answer stays in the sentence. */
export function splitAnswers(text: string): { sentence: string; answers: string[] } {
  const parts = text.split(';').map((part) => part.trim());
  const answers = parts.filter((part, index) => index > 0 && isAnswer(part));
  return { sentence: parts.filter((part) => !answers.includes(part)).join('; '), answers };
}

/** "users in the EU" is a part of a sentence that begins with a key; "residency: perhaps" is an answer, and a wrong one. */
function isAnswer(part: string): boolean {
  const [, key = '', sign = ''] = ANSWER.exec(part) ?? [];
  if (!intakeKeySchema.safeParse(key.toLowerCase()).success) return false;
  return sign.trim() !== '' || 'facts' in readAnswer(part);
}

/** Keeping data in one jurisdiction keeps users elsewhere far from it: the commonest reason why nothing fits. */
export function residencyHint({ draft, problems }: RequestInWords): string {
  const { residency = [] } = (draft.compliance ?? {}) as { residency?: string[] };
  if (residency.length === 0 || !problems.some(({ field }) => field === 'latency.underMs')) return '';
  return `\nEvery region stays in ${residency.join(', ')}. To serve other users from near, deploy an application of their own for them.\n`;
}

/** Who read the sentence, in words. */
export function readBy({ decidedBy, model, because }: ReadRequestResult): string {
  return decidedBy === 'model' ? `read by ${model}` : `read by rules (${because})`;
}

/** What goes with the deployment: the sentence, what was assumed, and the tokens that reading took. */
export function intakeOf({ read, assumed }: RequestInWords): Intake {
  const entries = read.entries.map((entry) => ({ ...entry, account: 'intake' as const }));
  return { sentence: read.sentence, assumed, entries };
}

/** The request file: what was said, answered and assumed stands above it. */
export function requestYaml({ read, answered, draft, assumed }: RequestInWords, by: string): string {
  const answers = answered.map(({ key, value }) => `Answered: ${key}: ${value}, by ${plainLine(by)}`);
  const lines = [
    `From the words "${read.sentence}", ${readBy(read)}.`,
    ...answers,
    ...assumed.map((words) => `Assumed: ${words}`),
  ];
  return `${lines.map((line) => `# ${line}`).join('\n')}\n\n${draftYaml(draft)}`;
}

export function draftYaml(draft: Record<string, unknown>): string {
  return stringify(draft, { lineWidth: 100 });
}
