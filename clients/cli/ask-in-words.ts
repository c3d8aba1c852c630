import type { RequestFacts } from '../../contracts/intake';
import type { PlatformKind } from '../../contracts/region';
import { readFact } from '../../policies/intake/fact-lines';
import type { Question } from '../../policies/intake/missing-facts';
import type { MeridianClient } from '../connection';
import {
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
  /** the command as it is typed, for what to type next: `meridian deploy` */
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
  for (let words = complete(); terminal.canAsk && words.questions[0]; words = complete()) {
    const answer = await askUntilValid(words.questions[0], input);
    if (!answer) break;
    Object.assign(answers, answer);
  }
  const words = complete();
  terminal.err(renderInWords(words, terminal.errColors));
  const { request, questions, problems } = words;
  if (request) return { ...words, request };
  if (questions.length > 0) terminal.err(howToGoOn(input, questions));
  else terminal.err(`\n${renderRequestProblems('the request', problems, terminal.errColors)}${residencyHint(words)}`);
  if (json) terminal.out(`${JSON.stringify(inWordsDocument(words), undefined, 2)}\n`);
  return undefined;
}

/** An empty line is no answer: it ends the questions. */
async function askUntilValid(
  { key, question, valid, why }: Question,
  { terminal, signal }: AskInWordsInput,
): Promise<RequestFacts | undefined> {
  for (;;) {
    const answer = await terminal.ask(`${question}${why ? ` (${why})` : ''}\n  valid: ${valid}\n${key}:`, signal);
    if (!answer) return undefined;
    const read = readFact(key, answer);
    if ('facts' in read) return read.facts;
    terminal.err(`${read.problem.received} is not valid\n`);
  }
}

function howToGoOn({ command, sentence, answers }: AskInWordsInput, questions: readonly Question[]): string {
  const given = [...answers, ...questions.map(({ key }) => `${key}=…`)].map((answer) => ` --answer ${quoted(answer)}`);
  return `\nnothing was started; go on with\n  ${command} ${quoted(sentence)}${given.join('')}\n`;
}

/** As a shell takes it: nothing of a sentence may mean anything to it. */
function quoted(text: string): string {
  return /^[\w=.,:/…-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
