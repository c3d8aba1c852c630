import type { RequestProblem } from '../../contracts/request';
import { ClientProblem } from '../client-problem';
import { plural } from '../format';
import type { Colors } from './terminal';

/** One block per problem: where, what was received, what would be valid. */
export function renderRequestProblems(file: string, problems: RequestProblem[], colors: Colors): string {
  const blocks = problems.map(
    ({ field, received, valid }) => `${colors.bold(field)}\n  received  ${received}\n  valid     ${valid}\n`,
  );
  return `${colors.red('error')}: ${plural(problems.length, 'problem')} in ${file}; nothing was started\n\n${blocks.join('\n')}`;
}

export function renderClientProblem(problem: ClientProblem, colors: Colors): string {
  const hint = problem.hint === undefined ? '' : `  ${problem.hint}\n`;
  return `${colors.red('error')}: ${problem.message}\n${hint}`;
}

/** Any error as text for people; what nobody foresaw keeps its stack, because somebody has to find it. */
export function renderError(error: unknown, colors: Colors): string {
  if (error instanceof ClientProblem) return renderClientProblem(error, colors);
  if (error instanceof Error) return `${colors.red('error')}: ${error.message}\n${colors.dim(error.stack ?? '')}\n`;
  return `${colors.red('error')}: ${String(error)}\n`;
}
