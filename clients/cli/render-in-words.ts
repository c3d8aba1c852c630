import type { RequestInWords } from '../requests-in-words';
import { draftYaml, readBy } from '../requests-in-words';
import type { Colors } from './terminal';

/** What became of a sentence: the request, what was assumed, and what is still asked. */
export function renderInWords({ read, draft, assumed, questions }: RequestInWords, colors: Colors): string {
  const open = questions.map(
    ({ key, question, valid, why }) =>
      `  ${colors.bold(key)}  ${question}${why ? ` (${why})` : ''}\n    valid: ${valid}\n`,
  );
  return [
    `the request, ${readBy(read)}\n\n${indented(draftYaml(draft))}\n`,
    listed('assumed', assumed),
    listed('noted', read.remarks),
    open.length > 0 ? `to be answered\n${open.join('')}` : '',
  ].join('');
}

function listed(title: string, lines: readonly string[]): string {
  return lines.length > 0 ? `${title}\n${lines.map((line) => `  ${line}\n`).join('')}` : '';
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

/** The same as one document. */
export function inWordsDocument({ read, answered, draft, assumed, questions, problems }: RequestInWords) {
  const { sentence, decidedBy, model, because, remarks } = read;
  return { sentence, decidedBy, model, because, request: draft, answered, assumed, remarks, questions, problems };
}
