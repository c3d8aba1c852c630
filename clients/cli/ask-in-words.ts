import type { PlatformKind } from '../../contracts/region';
import { readFact } from '../../policies/intake/fact-lines';
import type { Question } from '../../policies/intake/missing-facts';
import type { MeridianClient } from '../connection';
import {
  type Answers,
  addAnswer,
  completeInWords,
  type RequestInWords,
  readAnswers,
  readSentence,
  residencyHint,
  splitAnswers,
} from '../requests-in-words';
import { inWordsDocument, renderInWords } from './render-in-words';
import { renderRequestProblems } from './render-problems';
import type { Terminal } from './terminal';

export interface AskInWordsInput {
  /** the command as it is typed, for what to type next: `npm run meridian -- deploy` */
  command: string;
  sentence: string;
  /** given with the command, each `key=value` */
  answers: readonly string[];
  /** where this environment deploys */
  platform: PlatformKind;
  json?: boolean | undefined;
  terminal: Terminal;
  signal?: AbortSignal | undefined;
}

/**
 * Has a sentence read, asks for what must not be guessed where somebody can answer, and shows what became of it.
 * Nothing is started here. Returns the complete request, or undefined when it is none: then everything has been said.
 */
export async function askInWords(
  meridian: MeridianClient,
  input: AskInWordsInput,
): Promise<(RequestInWords & Required<Pick<RequestInWords, 'request'>>) | undefined> {
  const { terminal, platform, json } = input;
  const split = splitAnswers(input.sentence);
  const answers = readAnswers([...split.answers, ...input.answers]);
  const read = await readSentence(meridian, split.sentence);
  const complete = () => completeInWords(read, answers, platform);
  const first = complete();
  // whoever answers has seen what they answer about
  if (terminal.canAsk && first.questions.length > 0) terminal.err(`${renderInWords(first, terminal.errColors)}\n`);
  for (let words = first; terminal.canAsk && words.questions[0]; words = complete())
    if (!(await askUntilValid(words.questions[0], answers, input))) break;
  const words = complete();
  terminal.err(renderInWords(words, terminal.errColors));
  const { request, questions, problems } = words;
  if (request) return { ...words, request };
  if (questions.length > 0) terminal.err(howToGoOn(input.command, words));
  else terminal.err(`\n${renderRequestProblems('the request', problems, terminal.errColors)}${residencyHint(words)}`);
  if (json) terminal.out(`${JSON.stringify(inWordsDocument(words), undefined, 2)}\n`);
  return undefined;
}

/** Adds the answer to the others. An empty line is none: it ends the questions, and this returns false. */
async function askUntilValid(
  { key, question, valid, why }: Question,
  answers: Answers,
  { terminal, signal }: AskInWordsInput,
): Promise<boolean> {
  for (;;) {
    const answer = await terminal.ask(`${question}${why ? ` (${why})` : ''}\n  valid: ${valid}\n${key}:`, signal);
    if (!answer) return false;
    const read = readFact(key, answer);
    if ('facts' in read) {
      addAnswer(answers, key, answer, read.facts);
      return true;
    }
    terminal.err(`${read.problem.received} is not valid; valid: ${read.problem.valid}\n`);
  }
}

/** The command that goes on, with everything that was answered already. */
function howToGoOn(command: string, { read, answered, questions }: RequestInWords): string {
  const open = questions.map(({ key }) => ` --answer ${key}=…`).join('');
  return `\nnothing was started; go on with\n  ${commandLine(command, { read, answered })}${open}\n`;
}

/** A command with a sentence and its answers, as a shell takes it. */
export function commandLine(command: string, { read, answered }: Pick<RequestInWords, 'read' | 'answered'>): string {
  const answers = answered.map(({ key, value }) => ` --answer ${quoted(`${key}=${value}`)}`);
  return `${command} ${quoted(read.sentence)}${answers.join('')}`;
}

/** As a shell takes it: nothing of a sentence may mean anything to it. The sentence that was read is one plain line. */
function quoted(text: string): string {
  return /^[\w=.,:/…-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
