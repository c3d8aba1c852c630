import { deploymentRequestSchema } from '../../contracts/request';
import { plural } from '../format';
import {
  completeInWords,
  draftYaml,
  intakeOf,
  type RequestInWords,
  readAnswers,
  readBy,
  readSentence,
  residencyHint,
  splitAnswers,
} from '../requests-in-words';
import { problemText } from './problem-text';
import { codeBlock, cut, escaped, typed } from './slack-text';
import type { SlashContext } from './slash-context';

const YAML_CHARACTERS = 2_400;
const LIST_CHARACTERS = 1_200;
const FIELD_LINE = new RegExp(`^\\s*["']?(?:${Object.keys(deploymentRequestSchema.shape).join('|')})["']?\\s*:`, 'm');

/** Words are neither a pasted request nor the name of a file. */
export function isTypedSentence(text: string): boolean {
  const plain = typed(text).trim();
  return /\s/.test(plain) && !/^[`{[-]/.test(plain) && !FIELD_LINE.test(plain);
}

/**
 * Reads a request in words and shows in the channel what became of it. Its text says what is wanted and nothing else:
 * no word of it approves, skips or decides anything. Returns the request once nothing is left open.
 */
export async function requestInWords(
  text: string,
  { meridian, slack, channel, userId, platform }: SlashContext,
): Promise<(Pick<Required<RequestInWords>, 'request'> & { intake: ReturnType<typeof intakeOf> }) | undefined> {
  const { sentence, answers: texts } = splitAnswers(typed(text).trim().replace(/\s+/g, ' '));
  const answers = readAnswers(texts);
  const { ts } = await slack.chat.postMessage({ channel, text: `<@${userId}> asks for a deployment; reading it` });
  const show = (words: string) => slack.chat.update({ channel, ts: String(ts), text: words });
  try {
    const words = completeInWords(await readSentence(meridian, sentence), answers, platform);
    await show(wordsText(words, userId));
    return words.request && { request: words.request, intake: intakeOf(words) };
  } catch (error) {
    await show(`<@${userId}> asked for a deployment; it could not be read, and nothing was started`);
    throw error;
  }
}

function wordsText(words: RequestInWords, userId: string): string {
  const { read, draft, assumed, questions, problems } = words;
  return [
    `<@${userId}> asks for this deployment, ${escaped(readBy(read))}:`,
    codeBlock(draftYaml(draft).trimEnd().split('\n'), YAML_CHARACTERS),
    ...listed('Assumed', assumed),
    ...listed('Noted', read.remarks),
    ...questionLines(words),
    ...(problems.length > 0 ? [problemText({ problems }) + residencyHint(words)] : []),
    ...(questions.length === 0 && problems.length === 0 ? ['Nothing is left open: the plan follows.'] : []),
  ].join('\n');
}

function listed(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [`*${title}*`, cut(lines.map((line) => `• ${escaped(line)}`).join('\n'), LIST_CHARACTERS)];
}

function questionLines({ questions }: RequestInWords): string[] {
  if (questions.length === 0) return [];
  const how = questions.map(({ key }) => `; ${key} …`).join('');
  return [
    `*${plural(questions.length, 'question')}*, nothing was started`,
    ...questions.map(({ key, question, valid, why }) =>
      escaped(`• ${key}: ${question}${why ? ` (${why})` : ''} Valid: ${valid}`),
    ),
    `Answer by sending it again with \`${how}\` at its end.`,
  ];
}
