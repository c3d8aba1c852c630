import type { RequestProblem } from '../../contracts/request';
import { plural } from '../format';
import { codeBlock } from './slack-text';

const LISTED_CHARACTERS = 2_900;
const SHOWN_PROBLEMS = 15;

/** What is wrong with a request, for chat. */
export function problemText({ problems }: { problems: readonly RequestProblem[] }): string {
  const lines = problems
    .slice(0, SHOWN_PROBLEMS)
    .flatMap(({ field, received, valid }) => [field, `  received  ${received}`, `  valid     ${valid}`]);
  return `${plural(problems.length, 'problem')} in the request; nothing was started\n${codeBlock(lines, LISTED_CHARACTERS)}`;
}
